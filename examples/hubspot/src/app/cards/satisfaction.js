// What the card says for an answer of GET /crm/hubspot/satisfaction. Plain functions, so that they can be tested.
const BANDS = {
  very_dissatisfied: { title: "Very dissatisfied", variant: "danger" },
  dissatisfied: { title: "Dissatisfied", variant: "danger" },
  neutral: { title: "Neutral", variant: "warning" },
  satisfied: { title: "Satisfied", variant: "success" },
  very_satisfied: { title: "Very satisfied", variant: "success" },
};
const STATES = {
  never_answered: ["No answer yet", "This customer has not answered a survey."],
  no_score: ["No score", "The latest answer cannot be placed on a scale."],
  starting_up: ["Starting up", "Answers are being read for the first time. Come back in a moment."],
  unavailable: ["Not available right now", "The answers cannot be read at the moment."],
  no_customer: ["No customer ID", "This record has no customer ID that Netigate would know."],
};
const RETRY_SECONDS = 60;

// Every sign beyond letters and digits is percent-encoded, so that the address signed is the address sent.
export const addressOf = (publicUrl, customerId) =>
  `${publicUrl}/crm/hubspot/satisfaction?customer_id=${encodeURIComponent(customerId)}`;

export const describe = (summary, locale = "en") => {
  const freshness = summary.freshness ?? {};
  const refreshAfter = summary.state === "no_customer" ? 0 : Math.max(freshness.refresh_after_seconds ?? RETRY_SECONDS, RETRY_SECONDS);
  if (summary.state !== "answered") {
    const [title, text] = STATES[summary.state] ?? STATES.unavailable;
    return { title, text, refreshAfter };
  }
  const answer = headline(summary.latest);
  const when = new Date(summary.latest.answered_at);
  return {
    ...BANDS[summary.band],
    band: summary.band,
    answer: answer?.answer,
    question: answer?.question,
    trend: summary.trend && `${tenth(summary.trend.previous)} → ${tenth(summary.score)} of 100`,
    when: `Answered ${new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(when)}`,
    freshness: freshness.as_of ? `${freshness.state === "fresh" ? "As of" : "Netigate has not answered since"} ${time(freshness.as_of, locale)}` : "",
    refreshAfter,
  };
};

const headline = (latest) => {
  const answers = latest.answers.filter((one) => !one.comment);
  return answers.find((one) => one.kind === latest.score_basis?.kind && one.score !== null) ?? answers[0];
};
const tenth = (score) => Math.round(score * 10) / 10;
const time = (iso, locale) => new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" }).format(new Date(iso));
