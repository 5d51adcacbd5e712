// Elements: customers' words only ever become text nodes.
export const HIDE = { "aria-hidden": "true" };
export const AUTO = { dir: "auto" };

// h("p.band", { lang }, "text", node): what is empty falls away.
export const h = (spec, ...kids) => {
	const [tag, kind] = spec.split(".");
	const svg = /^(svg|path|polyline)$/.test(tag);
	const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
	const attrs = kids[0]?.constructor === Object ? kids.shift() : {};
	for (const [name, value] of Object.entries({ class: kind, ...attrs })) if (value) node.setAttribute(name, value);
	node.append(...kids.flat(9).filter(Boolean));
	return node;
};

export const when = (at, text) => h("time", { datetime: at.toISOString() }, text);
