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
  // Made by `make docs` from service/widget/texts and service/crm/words.json: change the words there.
  const WORDS = {
    da: {
      "no_customer": "Ingen kunde er knyttet til denne post.",
      "unavailable": "Svarene kan ikke læses i øjeblikket. Prøv igen om lidt.", "save_first": "Gem posten først.",
    },
    de: {
      "no_customer": "Mit diesem Datensatz ist kein Kunde verknüpft.",
      "unavailable": "Die Antworten können gerade nicht abgerufen werden. Bitte versuchen Sie es in Kürze erneut.",
      "save_first": "Speichern Sie zuerst den Datensatz.",
    },
    en: {
      "no_customer": "No customer is linked to this record.",
      "unavailable": "The answers cannot be read at the moment. Please try again shortly.",
      "save_first": "Save the record first.",
    },
    es: {
      "no_customer": "Ningún cliente está vinculado a este registro.",
      "unavailable": "No se pueden leer las respuestas en este momento. Inténtelo de nuevo en breve.",
      "save_first": "Guarde primero el registro.",
    },
    fi: {
      "no_customer": "Tähän tietueeseen ei ole liitetty asiakasta.",
      "unavailable": "Vastauksia ei voida lukea tällä hetkellä. Yritä pian uudelleen.",
      "save_first": "Tallenna tietue ensin.",
    },
    fr: {
      "no_customer": "Aucun client n’est associé à cette fiche.",
      "unavailable": "Les réponses ne peuvent pas être lues actuellement. Réessayez dans un instant.",
      "save_first": "Enregistrez d’abord la fiche.",
    },
    nl: {
      "no_customer": "Er is geen klant aan dit record gekoppeld.",
      "unavailable": "De antwoorden kunnen nu niet worden opgehaald. Probeer het zo meteen opnieuw.",
      "save_first": "Sla het record eerst op.",
    },
    no: {
      "no_customer": "Ingen kunde er knyttet til denne posten.",
      "unavailable": "Svarene kan ikke leses for øyeblikket. Prøv igjen om litt.", "save_first": "Lagre posten først.",
    },
    sv: {
      "no_customer": "Ingen kund är kopplad till den här posten.",
      "unavailable": "Svaren kan inte läsas just nu. Försök igen om en stund.", "save_first": "Spara posten först.",
    },
  };
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
