// The customer's satisfaction on HubSpot's company record. Change the two constants and upload with `hs project upload`.
import { useEffect, useState } from "react";
import { Divider, EmptyState, Flex, LoadingSpinner, StatusTag, Text, hubspot } from "@hubspot/ui-extensions";
import { addressOf, describe } from "./satisfaction.js";

const PUBLIC_URL = "https://results.example.com"; // also in app-hsmeta.json, permittedUrls
const CUSTOMER_PROPERTY = "hs_object_id"; // the company property that holds the customer's ID as Netigate knows it

hubspot.extend(({ context, actions }) => <Card locale={context.user.locale} actions={actions} />);

const Card = ({ locale, actions }) => {
  const [view, setView] = useState(null);

  useEffect(() => {
    let gone = false;
    let timer;
    const read = async () => {
      const next = await load(actions, locale).catch(() => describe({ state: "unavailable" }, locale));
      if (gone) return;
      setView(next);
      if (next.refreshAfter) timer = setTimeout(read, next.refreshAfter * 1000);
    };
    read();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, []);

  if (!view) return <LoadingSpinner label="Netigate" />;
  if (!view.meta) return <EmptyState title={view.title}>{view.text && <Text>{view.text}</Text>}</EmptyState>;
  return (
    <Flex direction="column" gap="small">
      <StatusTag variant={view.variant}>{view.title}</StatusTag>
      {view.score && <Text>{view.score}</Text>}
      {view.text && <Text>{view.text}</Text>}
      {view.answer && <Text format={{ fontWeight: "bold" }}>“{view.answer}”</Text>}
      {view.question && <Text variant="microcopy">{view.question}</Text>}
      <Text variant="microcopy">{view.meta}</Text>
      {view.comment && <Text><Text inline format={{ fontWeight: "demibold" }}>{view.commentTitle}: </Text>“{view.comment}”</Text>}
      {view.trend && <Text>{view.trend}</Text>}
      {view.low && <StatusTag variant="warning">{view.low}</StatusTag>}
      <Divider />
      <Text variant="microcopy">{view.freshness}</Text>
    </Flex>
  );
};

const load = async (actions, locale) => {
  const properties = await actions.fetchCrmObjectProperties([CUSTOMER_PROPERTY]);
  const customerId = String(properties[CUSTOMER_PROPERTY] ?? "").trim();
  if (!customerId) return describe({ state: "no_customer" }, locale);
  const response = await hubspot.fetch(addressOf(PUBLIC_URL, customerId), { method: "GET", timeout: 5000 });
  // A refused signature (401) is a matter for the administrator, whose log says why; the reader is told "unavailable".
  return describe(response.ok ? await response.json() : { state: "unavailable" }, locale);
};
