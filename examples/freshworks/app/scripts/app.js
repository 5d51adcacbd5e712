// Front end: asks the serverless part for a token of the account on the screen and shows the card.
(() => {
  "use strict";
  const RENEW_EARLY = 60; // seconds before the token's end
  const RETRY = 30; // seconds after a failure
  // <words>
  // Made by `make docs` from service/widget/texts and service/crm/words.json: change the words there.
  const WORDS = {
    da: {
      "no_customer": "Ingen kunde er knyttet til denne post.",
      "unavailable": "Svarene kan ikke læses i øjeblikket. Prøv igen om lidt.",
    },
    de: {
      "no_customer": "Mit diesem Datensatz ist kein Kunde verknüpft.",
      "unavailable": "Die Antworten können gerade nicht abgerufen werden. Bitte versuchen Sie es in Kürze erneut.",
    },
    en: {
      "no_customer": "No customer is linked to this record.",
      "unavailable": "The answers cannot be read at the moment. Please try again shortly.",
    },
    es: {
      "no_customer": "Ningún cliente está vinculado a este registro.",
      "unavailable": "No se pueden leer las respuestas en este momento. Inténtelo de nuevo en breve.",
    },
    fi: {
      "no_customer": "Tähän tietueeseen ei ole liitetty asiakasta.",
      "unavailable": "Vastauksia ei voida lukea tällä hetkellä. Yritä pian uudelleen.",
    },
    fr: {
      "no_customer": "Aucun client n’est associé à cette fiche.",
      "unavailable": "Les réponses ne peuvent pas être lues actuellement. Réessayez dans un instant.",
    },
    nl: {
      "no_customer": "Er is geen klant aan dit record gekoppeld.",
      "unavailable": "De antwoorden kunnen nu niet worden opgehaald. Probeer het zo meteen opnieuw.",
    },
    no: {
      "no_customer": "Ingen kunde er knyttet til denne posten.",
      "unavailable": "Svarene kan ikke leses for øyeblikket. Prøv igjen om litt.",
    },
    sv: {
      "no_customer": "Ingen kund är kopplad till den här posten.",
      "unavailable": "Svaren kan inte läsas just nu. Försök igen om en stund.",
    },
  };
  // </words>
  const message = document.getElementById("message");
  const frame = document.getElementById("card");
  let language = navigator.language;
  let timer;

  const say = (key) => {
    const base = language.toLowerCase().split(/[-_]/)[0];
    const words = WORDS[{ nb: "no", nn: "no" }[base] || base] || WORDS.en;
    message.textContent = key ? words[key] : "";
    message.hidden = !key;
    frame.hidden = Boolean(key);
  };

  const load = async (client) => {
    const [{ public_url }, entity, user] = await Promise.all([
      client.iparams.get("public_url"),
      client.data.get("currentEntityInfo"),
      client.data.get("loggedInUser").catch(() => ({})),
    ]);
    language = (user.loggedInUser && user.loggedInUser.language) || navigator.language;
    const answer = await client.request.invoke("cardToken", { account_id: entity.currentEntityInfo.currentEntityId });
    const { customer_id, token, expires_in } = answer.response;
    if (!customer_id) return say("no_customer");
    const query = new URLSearchParams({ token, lang: language });
    frame.src = `${public_url}/widget/customers/${encodeURIComponent(customer_id)}?${query}`;
    say("");
    client.instance.resize({ height: "600px" });
    later(client, Math.max(expires_in - RENEW_EARLY, RENEW_EARLY));
  };

  const later = (client, seconds) => {
    clearTimeout(timer); // Freshsales activates the app again and again; one clock is enough
    timer = setTimeout(() => start(client), seconds * 1000);
  };

  const start = (client) =>
    load(client).catch(() => {
      say("unavailable");
      later(client, RETRY);
    });

  app.initialized().then((client) => client.events.on("app.activated", () => start(client)));
})();
