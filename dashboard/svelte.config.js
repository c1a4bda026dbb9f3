import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

// The name of a part's own styles stands at every element of it: short, as there are not many parts.
export default { preprocess: vitePreprocess(), compilerOptions: { cssHash: ({ hash, css }) => `s${hash(css).slice(0, 3)}` } };
