import "./app.css";
import { mount } from "svelte";
import Gate from "./parts/Gate.svelte";
import { listen } from "./state.svelte.ts";

const target = document.getElementById("app");
if (target === null) throw new Error("the page has no place for the wall");
listen();
mount(Gate, { target });
