// Web resource "new_/netigate/satisfaction.js": asks the Custom API (plugin/) for a card's token and shows the card.
(() => {
  "use strict";
  const PUBLIC_URL = "https://results.example.com"; // of netigate-results
  const CUSTOM_API = "/api/data/v9.2/new_NetigateCardToken"; // on Dynamics' own origin, so the reader's sign-in goes along
  // By the language part of a Windows locale: Austrian German (3079) is German (7) as well.
  const LANGUAGES = { 6: "da", 7: "de", 9: "en", 10: "es", 11: "fi", 12: "fr", 19: "nl", 20: "no", 29: "sv" };
  const RENEW_EARLY = 60; // seconds before the token's end
  const RETRY = 30; // seconds after a failure
  // <words>
  // </words>

  const message = document.getElementById("message");
  const frame = document.getElementById("card");
  const query = new URLSearchParams(window.location.search);
  const accountId = (query.get("id") || "").replace(/[{}]/g, "").toLowerCase();
  const language = LANGUAGES[query.get("userlcid") & 0x3ff] || "en";

  const say = (key) => {
    message.textContent = key ? WORDS[language][key] : "";
    message.hidden = !key;
    frame.hidden = Boolean(key);
  };

  const load = async () => {
    const answer = await fetch(CUSTOM_API, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "OData-Version": "4.0" },
      credentials: "same-origin",
      body: JSON.stringify({ AccountId: accountId }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const { CustomerId, Token, ExpiresIn } = await answer.json();
    if (!CustomerId) return say("no_customer");
    const address = `${PUBLIC_URL}/widget/customers/${encodeURIComponent(CustomerId)}`;
    frame.src = `${address}?${new URLSearchParams({ token: Token, lang: language })}`;
    say("");
    setTimeout(start, Math.max(ExpiresIn - RENEW_EARLY, RENEW_EARLY) * 1000);
  };

  const start = () =>
    load().catch(() => {
      say("unavailable");
      setTimeout(start, RETRY * 1000);
    });

  document.documentElement.lang = language;
  if (accountId) start();
  else say("save_first");
})();
