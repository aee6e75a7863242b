/** What the page asks of imports: upload, preview, booking, and taking one back. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import type { Batch, Choices, Preview } from "./desk";
import { answered } from "./problem";

/** Keeps a file at the desk for a day; its key is what is asked about from then on. */
export function uploadFile(number: number, file: File) {
  return answered(
    client.POST("/api/v1/portfolios/{number}/uploads", {
      params: { path: { number } },
      // The bytes as they are: what is in them is the desk's to find out.
      body: file as unknown as string,
      bodySerializer: (body: unknown) => body as BodyInit,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );
}

export const ROWS = 50;

/** What importing the file would do; nothing is written. */
export function previewQuery(number: number, key: string, choices: Choices, offset: number) {
  return queryOptions({
    queryKey: ["imports", "preview", number, key, choices, offset],
    queryFn: async ({ signal }) => {
      const params = { path: { number, key }, query: { offset, limit: ROWS } };
      const told = await answered(
        client.POST("/api/v1/portfolios/{number}/uploads/{key}/preview", { params, body: choices, signal }),
      );
      return told as Preview;
    },
    placeholderData: keepPreviousData,
    retry: false,
    refetchInterval: false,
  });
}

export function bookImport(number: number, upload: string, choices: Choices) {
  const params = { path: { number } };
  return answered(client.POST("/api/v1/portfolios/{number}/imports", { params, body: { ...choices, upload } }));
}

export function batchesQuery(number: number) {
  return queryOptions({
    queryKey: ["portfolios", number, "imports"],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/portfolios/{number}/imports", { params: { path: { number } }, signal })),
  });
}

/** What goes with an import that is taken back: what was changed since, units that sales need. */
export interface GoesToo {
  edited_too?: boolean;
  oversold_too?: boolean;
}

/** Takes an import back. */
export function undoImport(number: number, { id, version }: Pick<Batch, "id" | "version">, too: GoesToo) {
  const params = { path: { number, batch: id }, query: { version, ...too } };
  return answered(client.DELETE("/api/v1/portfolios/{number}/imports/{batch}", { params }));
}

/** The rows of an imported file that were not understood. */
export function problemsQuery(number: number, batch: number, offset: number) {
  return queryOptions({
    queryKey: ["portfolios", number, "imports", batch, "problems", offset],
    queryFn: ({ signal }) => {
      const params = { path: { number, batch }, query: { offset, limit: ROWS } };
      return answered(client.GET("/api/v1/portfolios/{number}/imports/{batch}/problems", { params, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

export function mappingsQuery() {
  return queryOptions({
    queryKey: ["imports", "mappings"],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/mappings", { signal })),
  });
}

/** With its header, the next file that has the same is read so unasked. */
export function keepMapping(name: string, answers: Choices["answers"], header: string[]) {
  return answered(client.PUT("/api/v1/mappings", { body: { name, answers, header } }));
}

/** What the portfolio holds against what the file says that the broker does; nothing is written. */
export function reconcile(number: number, upload: string, choices: Choices) {
  const params = { path: { number } };
  return answered(client.POST("/api/v1/portfolios/{number}/reconcile", { params, body: { ...choices, upload } }));
}
