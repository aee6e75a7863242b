/** The desk's answers, typed by its own OpenAPI document. */

import createClient from "openapi-fetch";
import { Carrier, markIn } from "./carrier";
import type { paths } from "./schema";

const { origin } = window.location;

export const carrier = new Carrier({
  send: (request) => fetch(request),
  mark: () => markIn(document.cookie),
  origin,
});

export const client = createClient<paths>({ baseUrl: origin, fetch: carrier.send });
