// <netigate-satisfaction customer token [lang] [src] [theme]>: the server's card (card.html) as a web component.
import { comment, foot, hero, leadOf, others, past, why, words } from "./card.js";
import { kitFrom } from "./speech.js";
import { h } from "./tree.js";

// Netigate's ids may be longer than JavaScript's numbers are exact (2^53), so they become text before they are read.
const summaryFrom = (json) => JSON.parse(json.replace(/("\w*id":\s*)(-?\d+)/g, '$1"$2"'));

const HOME = document.currentScript?.src || location.origin;

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
			this.#t = await kitFrom(`${base}widget/kit/${this.lang || navigator.language}.json`);
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
		const data = reply.ok ? summaryFrom(await reply.text()) : this.#data;
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
		const read = freshness?.as_of && freshness.state !== "backfilling";
		const lead = latest && leadOf(latest);
		const reason = lead && !lead.comment ? lead.reason || "no_headline" : "free_text";
		const state = !data ? trouble : latest ? (latest.score === null ? "no_score" : "answered") : read ? "never" : "starting";
		const age = trouble || (read ? freshness.state : "starting");
		const folds = [...root.querySelectorAll("summary")];
		const [open, focus] = [folds.map((each) => each.parentNode.open), folds.indexOf(root.activeElement)];
		const band = state === "answered" && latest.band;
		root.adoptedStyleSheets = [t.sheet];
		root.replaceChildren(h("article.card", { lang: t.locale, "data-state": state, "data-band": band, "data-theme": this.getAttribute("theme"), "data-old": latest && t.old(new Date(latest.answered_at)) && 1 },
			h("h2.title", t.say("title")),
			hero(t, state, band, latest && "reason." + reason, data || {}, lead),
			latest && [comment(t, latest.answers.find((a) => a.comment && a !== lead)), words(t, latest, lead), past(t, data),
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
