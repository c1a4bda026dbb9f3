/// <reference types="node" />
// The catalogue is whole, and is the only place with words: a site that translates it has translated the page.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "svelte/compiler";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { text, word } from "../src/text.ts";
import { attestations } from "../src/wire/attestations.ts";

const source = join(import.meta.dirname, "..", "src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => !name.startsWith("wire") && /\.(ts|svelte)$/.test(name));
const catalogue = new Set(["text.ts", "text.patient.ts", "text.flags.ts", "text.words.ts", "text.handling.ts", "text.operations.ts"]);
const letters = /\p{L}{2,}/u;
const read = ["title", "aria-label", "alt", "placeholder", "label", "aria-description", "aria-roledescription", "content"];

type Node = { type: string; [key: string]: unknown };

/** Text between tags, and attributes that are read out or shown. */
function wordsOfMarkup(node: unknown, found: string[] = []): string[] {
  if (Array.isArray(node)) for (const item of node) wordsOfMarkup(item, found);
  else if (node !== null && typeof node === "object" && typeof (node as Node).type === "string") {
    const { type, ...rest } = node as Node;
    if (type === "StyleDirective" || type === "Attribute" && !read.includes(rest.name as string)) {
      // Of other attributes only what an expression inside them calls matters, and that is script.
    } else if (type === "Text" && letters.test(rest.data as string)) found.push(rest.data as string);
    else if (type === "Literal" || type === "TemplateElement") {
      const value = type === "Literal" ? rest.value : (rest.value as { cooked: string }).cooked;
      if (typeof value === "string" && looksSaid(value)) found.push(value);
    } else for (const [key, child] of Object.entries(rest)) if (!["css", "instance", "module", "metadata", "start", "end", "parent", "options"].includes(key)) wordsOfMarkup(child, found);
  }
  return found;
}

/** A sentence, or a word that begins as one: names of signals, events and classes do not. */
const looksSaid = (value: string) => /\p{L}\p{L} +\p{L}/u.test(value) || /^\p{Lu}\p{Ll}+[.!?:]?$/u.test(value);

function wordsOfScript(name: string, script: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isNewExpression(node) && node.expression.getText().endsWith("Error")) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      const key = ts.isElementAccessExpression(node.parent) || ts.isLiteralTypeNode(node.parent);
      const header = ts.isPropertyAssignment(node.parent) && node.parent.parent.parent.getText().startsWith("headers");
      const compared = ts.isBinaryExpression(node.parent) || ts.isPropertyAssignment(node.parent) && node.parent.name === node;
      if (!key && !header && !compared && looksSaid(node.text)) found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, script, ts.ScriptTarget.ES2022, true));
  return found;
}

describe("the catalogue", () => {
  it("has words for every flag of a score", () => {
    const core = readFileSync(join(source, "..", "..", "daemon", "core", "model", "evidence.hpp"), "utf8");
    const list = /#define VIGIL_FLAGS\(X\)((?:.*\\\n)+.*)/.exec(core)![1]!;
    const flags = [...list.matchAll(/X\((\w+)\)/g)].map((match) => match[1]!);
    expect(flags.length).toBeGreaterThan(70);
    expect(flags.filter((flag) => text.words[flag] === undefined || text.words[flag] === flag.replaceAll("_", " "))).toEqual([]);
  });

  it("has every word a reader sees", () => {
    const found: Record<string, string[]> = {};
    for (const name of files) {
      if (catalogue.has(name)) continue;
      const content = readFileSync(join(source, name), "utf8");
      const words: string[] = [];
      if (name.endsWith(".svelte")) {
        words.push(...wordsOfMarkup(parse(content, { modern: true }).fragment));
        for (const script of content.matchAll(/<script[^>]*>(.*?)<\/script>/gs)) words.push(...wordsOfScript(name, script[1]!));
      } else if (name.endsWith(".ts")) words.push(...wordsOfScript(name, content));
      if (words.length > 0) found[name] = words;
    }
    expect(found).toEqual({});
  });
  it("would find a word elsewhere", () => {
    expect(wordsOfMarkup(parse('<p title="Nobody here">{a} beds {b ? "Old data" : "x"}</p>', { modern: true }).fragment)).toEqual(["Nobody here", " beds ", "Old data"]);
    expect(wordsOfScript("x.ts", 'const a = "Recorded."; const b = `no answer: ${a}`; f("click");')).toEqual(["Recorded.", "no answer: "]);
  });
  it("names whatever the vocabulary lets a person attest, once, and each of its words", () => {
    const named = text.attestGroups.flatMap((group) => Object.keys(group.items));
    expect([...named].sort()).toEqual(attestations.map((item) => item.id).sort());
    expect(new Set(named).size).toBe(named.length);
    const unnamed = new Set(attestations.flatMap((item) => item.words).filter((item) => text.words[item] === undefined));
    expect([...unnamed]).toEqual([]);
    expect(attestations.length).toBeGreaterThan(40);
    for (const item of attestations) expect(item.words.length > 0 || (item.low !== "" && item.high !== ""), `${item.id} can be answered`).toBe(true);
  });
  it("speaks what it has no word for as it came", () => {
    expect(word("never_heard_of")).toBe("never heard of");
  });
});
