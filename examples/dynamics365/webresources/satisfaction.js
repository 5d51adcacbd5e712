// Web resource "new_/netigate/satisfaction.js": asks the Custom API (plugin/) for a card's token and shows the card.
(() => {
  "use strict";
  const PUBLIC_URL = "https://results.example.com"; // of netigate-results
  const CUSTOM_API = "/api/data/v9.2/new_NetigateCardToken"; // on Dynamics' own origin, so the reader's sign-in goes along
  const LANGUAGES = { 1053: "sv", 1031: "de", 1044: "no", 2068: "no", 1030: "da", 1035: "fi", 1036: "fr", 1043: "nl", 1034: "es", 3082: "es" };
  const RENEW_EARLY = 60; // seconds before the token's end

  const message = document.getElementById("message");
  const frame = document.getElementById("card");
  const query = new URLSearchParams(window.location.search);
  const accountId = (query.get("id") || "").replace(/[{}]/g, "").toLowerCase();
  const language = LANGUAGES[query.get("userlcid")] || "en";

  const say = (text) => {
    message.textContent = text;
    message.hidden = !text;
    frame.hidden = Boolean(text);
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
    if (!CustomerId) return say("This account has no customer ID that Netigate would know.");
    const address = `${PUBLIC_URL}/widget/customers/${encodeURIComponent(CustomerId)}`;
    frame.src = `${address}?${new URLSearchParams({ token: Token, lang: language })}`;
    say("");
    setTimeout(start, Math.max(ExpiresIn - RENEW_EARLY, RENEW_EARLY) * 1000);
  };

  const start = () => load().catch(() => say("The customer's satisfaction cannot be shown right now."));

  if (accountId) start();
  else say("Save the record first.");
})();
