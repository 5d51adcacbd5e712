// A form of Dynamics that holds the code component, in node: what it asks, shows and waits for. `given` comes before.
import { readFileSync } from "node:fs";
import vm from "node:vm";
const asked = [], timers = [], heard = {};
const element = () => ({ style: {}, setAttribute() {}, contentWindow: "the frame" });
let at = 1_800_000_000_000;
let Control;
const ComponentFramework = { registerControl: (_name, control) => { Control = control; } };
const window = {
  ComponentFramework,
  addEventListener: (name, listener) => { heard[name] = listener; },
  removeEventListener: (name) => { delete heard[name]; },
  setTimeout: (work, milliseconds) => timers.push([work, milliseconds]), clearTimeout() {},
};
const world = {
  window, ComponentFramework, document: { createElement: element }, URLSearchParams, encodeURIComponent, Date: { now: () => at },
  fetch: async (address, init) => {
    asked.push([init.method, address, JSON.parse(init.body).AccountId]);
    const answer = given.answers.shift() ?? null;
    return { ok: answer !== null, status: answer ? 200 : 403, json: async () => answer };
  },
};
world.self = world.globalThis = world;
vm.runInNewContext(readFileSync(given.bundle, "utf8"), world);
const parts = [];
const context = (id) => ({
  mode: { contextInfo: { entityId: id } }, parameters: { publicUrl: { raw: "https://results.example.com/" } },
  userSettings: { languageId: given.language }, resources: { getString: (key) => `[${key}]` },
});
const settle = () => new Promise((resolve) => setImmediate(resolve));
const control = new Control();
control.init(context(given.records[0]), () => {}, {}, { append: (...children) => parts.push(...children) });
await settle();
const [message, frame] = parts;
const seen = () => ({ src: frame.src ?? null, hidden: frame.hidden, message: message.textContent });
const log = [seen()];
for (const id of given.records) { control.updateView(context(id)); await settle(); log.push(seen()); }
for (const { after, ...event } of given.messages ?? []) {
  at += after * 1000;
  heard.message({ source: "the frame", ...event });
  await settle();
}
control.destroy();
console.log(JSON.stringify({
  asked, log, timers: timers.map((timer) => timer[1]), height: frame.style.height ?? null, deaf: !heard.message,
}));
