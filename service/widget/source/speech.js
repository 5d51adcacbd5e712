// What is said, in the reader's language, and how figures and times are written there.
import { h, HIDE, when } from "./tree.js";

export const NPS = "nps";

export const speech = ({ texts, icons, css, bands, units, nps, url, most, old }) => {
	const { locale } = texts;
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(css);
	const format = (at, options) => new Intl.DateTimeFormat(locale, options).format(at);
	const say = (key, values) =>
		texts[key]?.split(/(\{\w+\})/).map((part) => (part[0] === "{" ? values[part.slice(1, -1)] : part));
	const date = (at) => format(at, { dateStyle: "medium" });
	const number = (score) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(score);
	const figure = (score, kind) => number(kind === NPS ? score / 10 : score);
	const ago = (at) => {
		const age = (Date.now() - at) / 1000;
		const [unit, length] = units.find((entry) => age >= entry[1]) || [];
		const n = Math.floor(age / length);
		// CLDR says "1 day ago", and in Norwegian "for 6 døgn siden".
		return unit === "day" ? say(n < 2 ? "yesterday" : "days_ago", { n })
			: unit && new Intl.RelativeTimeFormat(locale).format(-n, unit);
	};
	return {
		say, date, locale, sheet, bands, number, figure, ago, most,
		old: (at) => Date.now() - at >= old * 1000,
		since: (at) => ago(at) || when(at, date(at)),
		month: (at) => format(at, { year: "numeric", month: "short" }),
		clock: (at) => (at.toDateString() === new Date().toDateString() ? "" : date(at) + " ") + format(at, { timeStyle: "short" }),
		band: (band, score, kind) => kind === NPS ? `${figure(score, kind)} / 10 · ${texts["nps." + nps[band]]}` : texts["band." + band],
		// The number on 0-100, unless it belongs to another band than the label's own polarity gave.
		plain: (band, score, kind) => kind !== NPS
			&& band === bands[score < 20 ? 0 : score < 40 ? 1 : score <= 60 ? 2 : score <= 80 ? 3 : 4] && number(score),
		step: ({ step, scale, kind }) => step != null && scale && kind !== NPS && say("step", { n: step, points: scale.points }).join(""),
		link: (ids) => {
			let known = url;
			const link = url?.replace(/\{(\w+)\}/g, (_, name) => {
				if (ids[name] == null || /^\.\.?$/.test(ids[name])) known = null;
				return encodeURIComponent(ids[name]);
			});
			return known && link;
		},
		icon: (name, kind) => h("svg." + kind, { viewBox: "0 0 24 24", ...HIDE }, h("path", { d: icons[name] })),
	};
};
// One file holds texts, icons and styles; the server settles which language a tag means.
const kits = {};
export const kitFrom = (url) => (kits[url] ??= fetch(url, { signal: AbortSignal.timeout(10e3) })
	.then((reply) => reply.json()).then(speech).catch((e) => { delete kits[url]; throw e; }));
