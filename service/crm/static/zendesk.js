// Asks Zendesk's framework which organization is on the screen and posts its ID, with Zendesk's own token, to the card.
(() => {
  "use strict";
  const HEIGHT = { card: "440px", message: "72px" };
  const PATHS = ["ticket.organization", "organization"];
  const CHANGES = ["ticket.organization.changed", "organization.changed"];
  const NAMES = { id: "id", external_id: "externalId" };

  const { field, expires, words } = document.body.dataset;
  const texts = JSON.parse(words);
  const form = document.getElementById("ask");
  const frame = document.getElementById("card");
  const message = document.getElementById("message");
  const client = window.ZAFClient.init();
  let language = "";

  const word = (kind) => texts[kind][language.slice(0, 2).replace(/^n[bn]$/, "no")] || texts[kind].en;

  const show = (text) => {
    message.textContent = text;
    message.hidden = !text;
    frame.hidden = Boolean(text);
    client.invoke("resize", { width: "100%", height: text ? HEIGHT.message : HEIGHT.card });
  };

  const customerId = async () => {
    for (const path of PATHS) {
      // A path that does not exist where the app stands (ticket or organization) is an error of that path alone.
      const answer = await client.get(path).catch(() => ({}));
      const value = answer[path] && answer[path][NAMES[field]];
      if (value) return String(value);
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
    form.submit();
  };

  const start = async () => {
    const answer = await client.get("currentUser").catch(() => ({}));
    language = (answer.currentUser && answer.currentUser.locale) || "";
    if (language) document.documentElement.lang = language;
    CHANGES.forEach((change) => client.on(change, ask));
    await ask();
  };

  start();
})();
