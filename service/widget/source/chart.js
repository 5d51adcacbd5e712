// The trend line, as chart.py draws it.
import { h, HIDE } from "./tree.js";
import { NPS } from "./speech.js";

export const [W, H, PAD, DOTS] = [240, 56, 5, 12];

// One contact may own several respondents. A contact ID that looks like a respondent's number is not that respondent.
const person = ({ contact_id, respondent_id }) => (contact_id == null ? "respondent " + respondent_id : "contact " + contact_id);

// Neither kinds nor people share a line; an entry without a kind goes by its survey.
export const chart = (t, history) => {
	const scored = history.filter((entry) => entry.score !== null).reverse();
	const newest = scored.at(-1) || {};
	const { kind } = newest;
	const by = "kind" in newest ? "kind" : "survey_id";
	const line = scored.filter((entry) => entry[by] === newest[by] && person(entry) === person(newest));
	const last = line.length - 1;
	if (last < 1) return;
	const times = line.map((entry) => new Date(entry.answered_at));
	const span = times[last] - times[0];
	const place = (share, length) => +(PAD + share * (length - 2 * PAD)).toFixed(1);
	const xy = line.map(({ score }, i) =>
		[place(span ? (times[i] - times[0]) / span : i / last, W), place((100 - score) / 100, H)]);
	const points = line.map((entry, i) => `${t.date(times[i])}: ${t.figure(entry.score, kind)}`).join("; ");
	return [
		h("svg.chart", { viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: "none", role: "img", "aria-label": t.say("chart", { points }).join("") },
			h("path.low", { d: `M0 ${place(kind === NPS ? 0.35 : 0.6, H)}H${W}V${H}H0Z` }),
			h("polyline", { points: xy.join(" ") }),
			xy.map(([x, y], i) => (i === last || last < DOTS) && h("path.dot", { d: `M${x} ${y}h0` }))),
		h("p.axis", HIDE, [times[0], times[last]].map((at) => h("span", t.month(at)))),
		h("p.zone", h("i", HIDE), t.say(kind === NPS ? "zone.nps" : "zone")),
	];
};
