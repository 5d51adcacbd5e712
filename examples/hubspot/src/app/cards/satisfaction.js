// What the card says for an answer of GET /crm/hubspot/satisfaction. Plain functions, so that they can be tested.
import { WORDS } from "./words.js";

const VARIANTS = {
  very_dissatisfied: "danger",
  dissatisfied: "danger",
  neutral: "warning",
  satisfied: "success",
  very_satisfied: "success",
};
const LOW = ["very_dissatisfied", "dissatisfied"];
const NPS = "nps";
const NPS_CLASSES = {
  very_dissatisfied: "detractor",
  dissatisfied: "detractor",
  neutral: "passive",
  satisfied: "promoter",
  very_satisfied: "promoter",
};
const STATES = { never_answered: "state.never", starting_up: "state.starting", no_customer: "no_customer" };
const RETRY_SECONDS = 60;
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];

// Every sign beyond letters and digits is percent-encoded, so that the address signed is the address sent.
export const addressOf = (publicUrl, customerId) =>
  `${publicUrl}/crm/hubspot/satisfaction?customer_id=${encodeURIComponent(customerId)}`;

// `locale` is the HubSpot user's, such as sv or en-us. Words are only ever given as text.
export const describe = (summary, locale, now = Date.now()) => {
  const t = speech(locale);
  const { state, latest, freshness = {} } = summary;
  const refreshAfter = state === "no_customer" ? 0 : Math.max(freshness.refresh_after_seconds ?? RETRY_SECONDS, RETRY_SECONDS);
  if (!latest || !["answered", "no_score"].includes(state)) {
    const key = STATES[state] ?? "state.unavailable";
    return { title: t.say(key), text: t.say(`${key}.text`), refreshAfter };
  }
  const lead = leadOf(latest);
  const comment = latest.answers.find((one) => one.comment && one !== lead);
  return {
    ...(state === "answered" ? scored(t, summary) : unscored(t, summary, lead)),
    answer: lead?.answer,
    question: lead?.question,
    meta: metaOf(t, latest, now),
    commentTitle: comment && t.say("comment"),
    comment: comment?.answer,
    low: lowOf(t, summary),
    freshness: freshnessOf(t, freshness),
    refreshAfter,
  };
};

const speech = (locale) => {
  const language = String(locale || "en").split(/[-_]/)[0].toLowerCase();
  const words = WORDS[{ nb: "no", nn: "no" }[language] ?? language] ?? WORDS.en;
  const format = (iso, options) => new Intl.DateTimeFormat(words.locale, options).format(new Date(iso));
  const say = (key, values) => words[key]?.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const number = (score) => new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1 }).format(score);
  const figure = (score, kind) => number(kind === NPS ? score / 10 : score);
  return {
    say,
    figure,
    // A recommendation says "6 / 10 · Detractor", as its readers know it.
    band: (band, score, kind) =>
      kind === NPS ? `${figure(score, kind)} / 10 · ${words[`nps.${NPS_CLASSES[band]}`]}` : words[`band.${band}`],
    // The number on 0-100, unless the label's own polarity gave another band than the number's.
    plain: (band, score, kind) => (kind !== NPS && band === bandOf(score) ? number(score) : undefined),
    date: (iso) => format(iso, { dateStyle: "medium" }),
    time: (iso) => format(iso, { dateStyle: "short", timeStyle: "short" }),
    ago: (seconds) => {
      const [unit, length] = UNITS.find((entry) => seconds >= entry[1]) ?? [];
      const n = Math.floor(seconds / length);
      if (unit === "day") return say(n < 2 ? "yesterday" : "days_ago", { n });
      return unit && new Intl.RelativeTimeFormat(words.locale).format(-n, unit);
    },
  };
};

const bandOf = (score) => Object.keys(VARIANTS)[score < 20 ? 0 : score < 40 ? 1 : score <= 60 ? 2 : score <= 80 ? 3 : 4];

const scored = (t, { score, band, trend, latest }) => {
  const kind = latest.score_basis?.kind;
  const way = trend && (trend.change > 0 ? "up" : trend.change < 0 ? "down" : "same");
  const moved = way && t.say(`trend.${way}`, { previous: t.figure(trend.previous, kind), score: t.figure(score, kind) });
  const plain = t.plain(band, score, kind);
  return {
    title: t.band(band, score, kind),
    variant: VARIANTS[band],
    band,
    score: plain && t.say("score", { score: plain }),
    trend: moved && [trend.contact_name || trend.contact_id, moved].filter(Boolean).join(": "),
  };
};

// An older score is named as such and never stands as the band beside newer words.
const unscored = (t, { score, band, history }, lead) => {
  const last = band && history.find((entry) => entry.score !== null);
  const said = last && t.band(band, score, last.kind);
  const plain = last && t.plain(band, score, last.kind);
  const date = last && t.date(last.answered_at);
  return {
    title: t.say("state.no_score"),
    variant: "default",
    text: t.say(lead && !lead.comment ? `reason.${lead.reason || "no_headline"}` : "reason.free_text"),
    trend: last && (plain ? t.say("last_scored", { band: said, score: plain, date }) : t.say("last_verdict", { score: said, date })),
  };
};

// As on the service's own card: the answer nearest to the score; without one the first that has none.
const leadOf = ({ answers, score, score_basis: basis }) => {
  const off = (one) => Math.abs(one.score - score);
  const same = answers.filter((one) => basis && one.score !== null && one.kind === basis.kind);
  if (same.length) return same.reduce((best, one) => (off(one) < off(best) ? one : best));
  const closed = answers.filter((one) => !one.comment);
  return closed.find((one) => one.score === null) ?? closed[0] ?? answers[0];
};

const metaOf = (t, { answered_at, contact_id, contact_name, survey }, now) =>
  [
    t.date(answered_at),
    t.ago((now - Date.parse(answered_at)) / 1000),
    contact_name || (contact_id && t.say("contact", { id: contact_id })),
    survey.name,
  ].filter(Boolean).join(" · ");

// People whom the headline hides: several, or one while the headline is not low.
const lowOf = (t, { low_respondents: n, band }) =>
  n > (LOW.includes(band) ? 1 : 0) ? t.say(n === 1 ? "low_one" : "low_other", { n }) : undefined;

const freshnessOf = (t, { state, as_of, age_seconds }) => {
  if (!as_of) return t.say("fresh.starting");
  if (state === "stale") return t.say("fresh.stale", { time: t.time(as_of) });
  const time = t.ago(age_seconds ?? 0);
  return time ? t.say("fresh.as_of", { time }) : t.say("fresh.now");
};
