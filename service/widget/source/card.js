// The parts of the card, as card.html builds them.
import { chart } from "./chart.js";
import { AUTO, h, HIDE, when } from "./tree.js";
import { NPS } from "./speech.js";

const same = (...texts) => {
	const [one, other] = texts.map((text) => text.trim().replace(/\s+/g, " ").toLowerCase());
	return one === other;
};

export const leadOf = ({ answers, score, score_basis: basis }) => {
	const off = (a) => Math.abs(a.score - score);
	const alike = answers.filter((a) => a.score !== null && a.kind === basis?.kind);
	if (alike[0]) return alike.reduce((best, a) => (off(a) < off(best) ? a : best));
	const closed = answers.filter((a) => !a.comment);
	return closed.find((a) => a.score === null) || closed[0] || answers[0];
};

const cut = (t, text, most, dir = {}) => {
	const times = [...text].length / t.most[most];
	return times > 1
		? h("details.more" + (times > 4 ? " long" : ""), h("summary", h("span.cut", dir, text), h("span.whole", t.say("more"))))
		: h("span", dir, text);
};
const person = (t, who) => {
	const known = who.contact_id != null ? "contact" : "respondent";
	const name = who.contact_name || t.say(known, { id: who[known + "_id"] }).join("");
	const href = t.link(who);
	return href ? h("a", { ...AUTO, href, target: "_blank", rel: "noopener noreferrer" }, name) : cut(t, name, "name", AUTO);
};
const quote = (t, { answer, language: lang }) => h("blockquote", { ...AUTO, lang }, h("q", cut(t, answer, "comment")));

export const hero = (t, state, band, hint, { latest, customer_id }, lead) => {
	const { score, score_basis: basis, contact_id, contact_name } = latest || {};
	const at = latest && new Date(latest.answered_at);
	const shown = band && t.plain(band, score, basis?.kind);
	const step = band && lead?.score === score && t.step(lead);
	const who = { ...latest, customer_id };
	return h("div.hero", t.icon(band || state, "face"), h("p.band", band ? t.band(band, score, basis?.kind) : t.say("state." + state)),
		band ? (shown || step) && h("p.score",
			shown && [h("span", HIDE, shown, h("small", "/100")), h("span.sr", t.say("score", { score: shown }))],
			step && h("small.step", step)) : h("p.hint", t.say(hint || `state.${state}.text`)),
		latest && h("div.when", h("b", t.since(at)), t.old(at) && h("span.chip", t.say("old")),
			(contact_id || contact_name || t.link(who)) && h("span", person(t, who))),
		band && h("div.steps", HIDE, t.bands.map((step) => h(step === band ? "i.on" : "i"))));
};

export const comment = (t, found) => found && h("figure.words comment", h("figcaption", t.say("comment")), quote(t, found));
export const words = (t, { survey, answered_at, band, score, score_basis: basis }, lead) => {
	const at = new Date(answered_at);
	const said = score !== null ? t.band(band, score, basis?.kind) : "";
	const twice = lead && (same(lead.answer, said) || (basis?.kind === NPS && said.startsWith(lead.answer.trim() + " /")));
	return h("figure.words", lead && !twice && quote(t, lead),
		h("figcaption", lead?.question && h("div.question", AUTO, cut(t, lead.question, "question")),
			h("div.meta", h("span", when(at, t.date(at))), survey.name && h("span", cut(t, survey.name, "name", AUTO)))));
};

const warning = (t, { customer_id, band, low = [], low_respondents: n }) =>
	n > t.bands.slice(0, 2).includes(band) && h("div.warn",
		h("p", t.icon("unavailable", "arrow"), t.say(n < 2 ? "low_one" : "low_other", { n })),
		low[0] && h("ul", low.map((who) => h("li", person(t, { ...who, customer_id }),
			h("small", t.band(who.band, who.score, who.kind)), h("small", t.since(new Date(who.answered_at))))),
			n > low.length && h("li", "+" + (n - low.length))));

export const past = (t, data) => {
	const { score, band, trend, history, answered: n, latest } = data;
	const day = (entry) => t.date(new Date(entry.answered_at));
	const scored = latest.score === null && history.find((entry) => entry.score !== null);
	const way = latest.score !== null && trend && (trend.change > 0 ? "up" : trend.change < 0 ? "down" : "same");
	const kind = scored ? scored.kind : latest.score_basis?.kind;
	const values = { score: t.figure(score, kind), previous: t.figure(trend?.previous, kind) };
	const whose = trend?.contact_name || trend?.contact_id;
	const said = scored && t.band(band, score, kind);
	return h("div.past", warning(t, data),
		way && h("p.move", { "data-move": way }, t.icon(way, "arrow"),
			h("span", whose && [h("bdi", whose), ": "], t.say("trend." + way, values))),
		scored && h("p.move", t.plain(band, score, kind) ? t.say("last_scored", { ...values, band: said, date: day(scored) })
			: t.say("last_verdict", { score: said, date: day(scored) })),
		chart(t, history),
		h("p.count", t.say(`answered_${n < 2 ? "one" : n > history.length ? "many" : "other"}`, { n, date: day(history.at(-1)) })));
};

const fold = (title, body) => h("details", h("summary", title), body);
const details = (t, { answer, band, score, kind, ...a }) => {
	const said = band ? t.band(band, score, kind) : t.figure(score, kind);
	return [!same(answer, said) && said, band && t.plain(band, score, kind), t.step({ ...a, kind })].filter(Boolean).join(" · ");
};
export const others = (t, answers) => answers[0] && fold(t.say("others", { n: answers.length }), h("dl", answers.map((a) =>
	h("div", h("dt", AUTO, a.question), h("dd", h("span", { ...AUTO, lang: a.language }, a.answer),
		a.score !== null ? h("small", details(t, a)) : a.reason && !a.comment && h("small", t.say("reason." + a.reason)))))));

export const why = (t, { score_basis: basis }, { method, scale } = {}) => basis && fold(t.say("why"), h("ul",
	h("li", t.say(basis.items > 1 ? "basis_other" : "basis_one", { kind: t.say("kind." + basis.kind), n: basis.items })),
	method && h("li", t.say("method." + method)),
	scale && h("li", t.say("steps", { n: scale.points }), scale.direction && [", ", t.say("direction." + scale.direction)])));

export const foot = (t, state, at) => {
	const ago = state === "fresh" && t.ago(at);
	const key = state !== "fresh" ? state : ago ? "as_of" : "now";
	return h("footer.fresh", { "data-fresh": state }, h("i", HIDE),
		h("p", t.say("fresh." + key, { time: when(at, ago || t.clock(at)) })));
};
