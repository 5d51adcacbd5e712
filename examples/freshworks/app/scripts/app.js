// Front end: asks the serverless part for a token of the account on the screen and shows the card.
(() => {
  "use strict";
  const RENEW_EARLY = 60; // seconds before the token's end
  const message = document.getElementById("message");
  const frame = document.getElementById("card");

  const say = (text) => {
    message.textContent = text;
    message.hidden = !text;
    frame.hidden = Boolean(text);
  };

  const load = async (client) => {
    const [{ public_url }, entity, user] = await Promise.all([
      client.iparams.get("public_url"),
      client.data.get("currentEntityInfo"),
      client.data.get("loggedInUser").catch(() => ({})),
    ]);
    const answer = await client.request.invoke("cardToken", { account_id: entity.currentEntityInfo.currentEntityId });
    const { customer_id, token, expires_in } = answer.response;
    if (!customer_id) return say("This account has no customer ID that Netigate would know.");
    const lang = (user.loggedInUser && user.loggedInUser.language) || navigator.language;
    frame.src = `${public_url}/widget/customers/${encodeURIComponent(customer_id)}?${new URLSearchParams({ token, lang })}`;
    say("");
    client.instance.resize({ height: "600px" });
    setTimeout(() => start(client), Math.max(expires_in - RENEW_EARLY, RENEW_EARLY) * 1000);
  };

  const start = (client) => load(client).catch(() => say("The customer's satisfaction cannot be shown right now."));

  app.initialized().then((client) => client.events.on("app.activated", () => start(client)));
})();
