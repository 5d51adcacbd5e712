// Made by `make docs` from service/widget/texts and service/crm/words.json: change the words there.
export type Word = 'no_customer' | 'unavailable';

export const WORDS: { [language: string]: Record<Word, string> } = {
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
