/** The desk's answers, typed by its own OpenAPI document. */

import createClient from "openapi-fetch";
import type { paths } from "./schema";

export const client = createClient<paths>({ baseUrl: window.location.origin });
