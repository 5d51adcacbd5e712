// <netigate-satisfaction customer token [lang] [src] [theme]>: the server's card (card.html) as a web component.
// Customers' words only ever become text nodes.
(() => {
	"use strict";
	const HOME = document.currentScript?.src || location.origin;
	const [W, H, PAD, DOTS] = [240, 56, 5, 12];
	const [HIDE, AUTO] = [{ "aria-hidden": "true" }, { dir: "auto" }];

	// h("p.band", { lang }, "text", node): the empty falls away.
	const h = (spec, ...kids) => {
		const [tag, kind] = spec.split(".");
		const svg = /^(svg|path|polyline|circle)$/.test(tag);
		const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
		const attrs = kids[0]?.constructor === Object ? kids.shift() : {};
		for (const [name, value] of Object.entries({ class: kind, ...attrs })) if (value) node.setAttribute(name, value);
		node.append(...kids.flat(9).filter(Boolean));
		return node;
	};

	const speech = ({ texts, icons, css, bands, units }) => {
		const { locale } = texts;
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(css);
		const format = (at, options) => new Intl.DateTimeFormat(locale, options).format(at);
		const say = (key, values) =>
			texts[key]?.split(/(\{\w+\})/).map((part) => (part[0] === "{" ? values[part.slice(1, -1)] : part));
		const date = (at) => format(at, { dateStyle: "medium" });
		return {
			say, date, locale, sheet, bands,
			month: (at) => format(at, { year: "numeric", month: "short" }),
			clock: (at) => (at.toDateString() === new Date().toDateString() ? "" : date(at) + " ") + format(at, { timeStyle: "short" }),
			number: (score) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(score),
			ago: (age) => {
				const [unit, length] = units.find((entry) => age >= entry[1]) || [];
				return unit && new Intl.RelativeTimeFormat(locale).format(-Math.floor(age / length), unit);
			},
			icon: (name, kind) => h("svg." + kind, { viewBox: "0 0 24 24", ...HIDE }, h("path", { d: icons[name] })),
		};
	};
	// One file has texts, icons and styles; the server settles the language.
	const kits = {};
	const kitFrom = (url) => (kits[url] ??= fetch(url, { signal: AbortSignal.timeout(10e3) })
		.then((reply) => reply.json()).then(speech).catch((e) => { delete kits[url]; throw e; }));
	const when = (at, text) => h("time", { datetime: at.toISOString() }, text);

	const leadOf = ({ answers, score, score_basis: basis }) => {
		const off = (a) => Math.abs(a.score - score);
		const same = answers.filter((a) => a.score !== null && a.kind === basis?.kind);
		if (same[0]) return same.reduce((best, a) => (off(a) < off(best) ? a : best));
		const closed = answers.filter((a) => !a.comment);
		return closed.find((a) => a.score === null) || closed[0] || answers[0];
	};

	// Kinds never share a line; an entry without a kind goes by its survey.
	const chart = (t, history) => {
		const scored = history.filter((entry) => entry.score !== null).reverse();
		const newest = scored.at(-1) || {};
		const by = "kind" in newest ? "kind" : "survey_id";
		const line = scored.filter((entry) => entry[by] === newest[by]);
		const last = line.length - 1;
		if (last < 1) return;
		const times = line.map((entry) => new Date(entry.answered_at));
		const span = times[last] - times[0];
		const place = (share, length) => +(PAD + share * (length - 2 * PAD)).toFixed(1);
		const xy = line.map(({ score }, i) =>
			[place(span ? (times[i] - times[0]) / span : i / last, W), place((100 - score) / 100, H)]);
		const points = line.map((entry, i) => `${t.date(times[i])}: ${t.number(entry.score)}`).join("; ");
		return [
			h("svg.chart", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": t.say("chart", { points }).join("") },
				h("path.low", { d: `M0 ${place(0.6, H)}H${W}V${H}H0Z` }),
				h("polyline", { points: xy.join(" ") }),
				xy.map(([cx, cy], i) => (i === last || last < DOTS) && h("circle", { cx, cy, r: i === last ? 4.5 : 2.5 }))),
			h("p.axis", HIDE, [times[0], times[last]].map((at) => h("span", t.month(at)))),
		];
	};

	const hero = (t, state, band, shown, hint) =>
		h("div.hero", t.icon(band || state, "face"), h("p.band", t.say(band ? "band." + band : "state." + state)),
			band ? [
				h("p.score", h("span", HIDE, shown, h("small", "/100")), h("span.sr", t.say("score", { score: shown }))),
				h("div.steps", HIDE, t.bands.map((step) => h(step === band ? "i.on" : "i"))),
			] : h("p.hint", t.say(hint || `state.${state}.text`)));

	const words = (t, { contact_id: id, survey, answered_at }, lead) => {
		const at = new Date(answered_at);
		const ago = t.ago((Date.now() - at) / 1000);
		return h("figure.words",
			lead && h("blockquote", { ...AUTO, lang: lead.language }, h("q", lead.answer)),
			h("figcaption",
				lead?.question && h("span.question", AUTO, lead.question),
				lead?.nps && h("span.chip", t.say("nps." + lead.nps)),
				h("span.meta", h("span", when(at, t.date(at))), ago && h("span", ago),
					id && h("span", AUTO, t.say("contact", { id })), survey.name && h("span", AUTO, survey.name))));
	};

	const comment = (t, found) => found && h("figure.words comment", h("figcaption", t.say("comment")),
		h("blockquote", { ...AUTO, lang: found.language }, h("q", found.answer)));

	const past = (t, { score, band, trend, history, answered: n, latest, low_respondents: low }) => {
		const day = (entry) => t.date(new Date(entry.answered_at));
		const scored = latest.score === null && history.find((entry) => entry.score !== null);
		const way = latest.score !== null && trend && (trend.change > 0 ? "up" : trend.change < 0 ? "down" : "same");
		const values = { score: t.number(score), previous: t.number(trend?.previous) };
		return h("div.past",
			way && h("p.move", { "data-move": way }, t.icon(way, "arrow"), t.say("trend." + way, values)),
			scored && h("p.move", t.say("last_scored", { ...values, band: t.say("band." + band), date: day(scored) })),
			chart(t, history),
			h("p.count", t.say(`answered_${n < 2 ? "one" : n > history.length ? "many" : "other"}`, { n, date: day(history.at(-1)) })),
			low > t.bands.slice(0, 2).includes(band) && h("p.warn", t.icon("unavailable", "arrow"),
				t.say(low < 2 ? "low_one" : "low_other", { n: low })));
	};

	const fold = (title, body) => h("details", h("summary", title), body);
	const others = (t, answers) => answers[0] && fold(t.say("others", { n: answers.length }), h("dl", answers.map((a) =>
		h("div", h("dt", AUTO, a.question), h("dd", h("span", { ...AUTO, lang: a.language }, a.answer),
			a.score !== null ? h("small", a.band && [t.say("band." + a.band), " · "], t.number(a.score))
				: a.reason && !a.comment && h("small", t.say("reason." + a.reason)))))));

	const why = (t, { score_basis: basis }, { method, scale } = {}) => basis && fold(t.say("why"), h("ul",
		h("li", t.say(basis.items > 1 ? "basis_other" : "basis_one", { kind: t.say("kind." + basis.kind), n: basis.items })),
		method && h("li", t.say("method." + method)),
		scale && h("li", t.say("steps", { n: scale.points }), scale.direction && [", ", t.say("direction." + scale.direction)])));

	const foot = (t, state, at) => {
		const ago = state === "fresh" && t.ago((Date.now() - at) / 1000);
		const key = state !== "fresh" ? state : ago ? "as_of" : "now";
		return h("footer.fresh", { "data-fresh": state }, h("i", HIDE),
			h("p", t.say("fresh." + key, { time: when(at, ago || t.clock(at)) })));
	};

	class Satisfaction extends HTMLElement {
		static observedAttributes = ["customer", "token", "lang", "src", "theme"];
		#root = this.attachShadow({ mode: "open" });
		#t; #data; #etag; #swept; #reached; #timer; #call; #due;

		connectedCallback() {
			document.addEventListener("visibilitychange", this);
			this.#restart();
		}

		disconnectedCallback() {
			document.removeEventListener("visibilitychange", this);
			this.#restart();
		}

		attributeChangedCallback(name) {
			if (name === "customer" || name === "src") {
				this.#data = this.#etag = null;
				this.#root.replaceChildren(); // never under another's name
			}
			this.#restart();
		}

		// Attributes often change together. No host renews in a tight loop.
		#restart() {
			this.#call?.abort();
			this.#later(this.#due === Infinity ? 0.5 : 0);
		}

		#later(seconds) {
			this.#due = Date.now() + seconds * 1000;
			this.handleEvent();
		}

		handleEvent() {
			clearTimeout(this.#timer);
			const wait = Math.max(0, this.#due - Date.now());
			if (this.isConnected && !document.hidden && wait < Infinity) this.#timer = setTimeout(() => this.#load(), wait);
		}

		async #load() {
			this.#call?.abort();
			const { signal } = (this.#call = new AbortController());
			const base = (this.getAttribute("src") || HOME).replace(/(\/embed\.js.*|\/)?$/, "/");
			try {
				this.#t = await kitFrom(`${base}widget/kit/${encodeURIComponent(this.lang || navigator.language)}.json`);
				if (signal.aborted) return;
				await this.#ask(base, signal);
			} catch {
				if (signal.aborted) return;
				if (this.#t) this.#show(this.#data ? "offline" : "unavailable");
				this.#later(30);
			}
		}

		async #ask(base, signal) {
			const headers = { Authorization: "Bearer " + this.getAttribute("token"), ...(this.#etag && { "If-None-Match": this.#etag }) };
			const url = `${base}v1/customers/${encodeURIComponent(this.getAttribute("customer"))}/satisfaction`;
			const reply = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.any([signal, AbortSignal.timeout(10e3)]) });
			if ([401, 403].includes(reply.status)) {
				this.#data = this.#etag = null;
				this.#due = Infinity; // until the host sets another token
				this.#show(/expired/.test(await reply.text()) ? "expired" : "invalid");
				return this.dispatchEvent(new CustomEvent("token-expired", { bubbles: true, composed: true }));
			}
			if (!reply.ok && reply.status !== 304) throw reply;
			const data = reply.ok ? await reply.json() : this.#data;
			if (signal.aborted) return;
			const { age_seconds, refresh_after_seconds } = data.freshness;
			const swept = Date.now() - (reply.ok ? age_seconds : parseInt(reply.headers.get("Age"))) * 1000;
			// A 304 says no state: once its age is no longer renewed by a sweep, ask in full.
			if (!reply.ok && this.#etag && !(swept > this.#swept + 1500)) return (this.#etag = null), this.#ask(base, signal);
			if (reply.ok) this.#etag = reply.headers.get("ETag");
			[this.#data, this.#swept, this.#reached] = [data, swept, Date.now()];
			this.#show();
			this.#later(Math.max(5, refresh_after_seconds));
		}

		#show(trouble) {
			const [t, data, root] = [this.#t, this.#data, this.#root];
			const { latest, freshness } = data || {};
			const lead = latest && leadOf(latest);
			const reason = lead && !lead.comment ? lead.reason || "no_headline" : "free_text";
			const state = !data ? trouble : latest ? (latest.score === null ? "no_score" : "answered") : freshness.as_of ? "never" : "starting";
			const age = trouble || (freshness.as_of ? freshness.state : "starting");
			const folds = [...root.querySelectorAll("summary")];
			const [open, focus] = [folds.map((each) => each.parentNode.open), folds.indexOf(root.activeElement)];
			const band = state === "answered" && latest.band;
			root.adoptedStyleSheets = [t.sheet];
			root.replaceChildren(h("article.card", { lang: t.locale, "data-state": state, "data-band": band, "data-theme": this.getAttribute("theme") },
				h("h2.title", t.say("title")),
				hero(t, state, band, band && t.number(latest.score), latest && "reason." + reason),
				latest && [words(t, latest, lead), comment(t, latest.answers.find((a) => a.comment && a !== lead)), past(t, data),
					others(t, latest.answers.filter((a) => a !== lead)), why(t, latest, lead)],
				data && state !== "starting" && foot(t, age, new Date(trouble ? this.#reached : this.#swept))));
			root.querySelectorAll("summary").forEach((each, i) => {
				each.parentNode.open = open[i];
				if (i === focus) each.focus();
			});
		}
	}

	const TAG = "netigate-satisfaction";
	customElements.get(TAG) || customElements.define(TAG, Satisfaction);
})();
