// Asks Zendesk's framework which organization is on the screen and posts its ID, with Zendesk's own token, to the card.
(() => {
  "use strict";
  const HEIGHT = { card: "600px", message: "72px" }; // until the card says its own
  const SOON = 5_000; // milliseconds; a card that ends sooner would be asked for without end
  const PATHS = ["ticket.organization", "organization"];
  const CHANGES = ["ticket.organization.changed", "organization.changed"];
  const NAMES = { id: "id", external_id: "externalId" };

  const { field, expires, words } = document.body.dataset;
  const texts = JSON.parse(words);
  const form = document.getElementById("ask");
  const frame = document.getElementById("card");
  const message = document.getElementById("message");
  const client = window.ZAFClient.init();
  let language = "", asked = 0;

  const word = (kind) => texts[kind][language.slice(0, 2).replace(/^n[bn]$/, "no")] || texts[kind].en;

  const fit = (height) => client.invoke("resize", { width: "100%", height });

  const show = (text) => {
    message.textContent = text;
    message.hidden = !text;
    frame.hidden = Boolean(text);
    fit(text ? HEIGHT.message : HEIGHT.card);
  };

  const customerId = async () => {
    for (const path of PATHS) {
      // A path that does not exist where the app stands (ticket or organization) is an error of that path alone.
      const answer = await client.get(path).catch(() => ({}));
      const value = answer[path] && answer[path][NAMES[field]];
      // A number beyond 2^53 may have lost digits on its way here, and so be another organization's.
      if (value && (typeof value === "string" || Number.isSafeInteger(value))) return String(value);
    }
    return "";
  };

  const ask = async () => {
    const found = await customerId();
    if (!found) return show(word("missing"));
    if (Date.now() / 1000 >= Number(expires)) return show(word("reload"));
    form.elements.customer_id.value = found;
    form.elements.lang.value = language;
    show("");
    asked = Date.now();
    form.submit();
  };

  // The card stands on this page's own origin, and only this frame's word counts.
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== window.location.origin || source !== frame.contentWindow || frame.hidden) return;
    if (!data || data.source !== "netigate-satisfaction") return;
    if (data.event === "size" && data.height > 0) fit((frame.style.height = `${data.height}px`));
    if (data.event !== "token-expired") return;
    if (Date.now() - asked < SOON) show(word("reload"));
    else ask();
  });

  const start = async () => {
    const answer = await client.get("currentUser").catch(() => ({}));
    language = (answer.currentUser && answer.currentUser.locale) || "";
    if (language) document.documentElement.lang = language;
    CHANGES.forEach((change) => client.on(change, ask));
    await ask();
  };

  start();
})();
