// What both workers are: a line of JSON in, a line of JSON out. Bytes travel in hex.

import readline from "node:readline"
import { pathToFileURL } from "node:url"

export const hex = (bytes) => Buffer.from(bytes).toString("hex")
export const unhex = (text) => new Uint8Array(Buffer.from(text, "hex"))

/** The address of a module in the node_modules of the present folder, wherever this file stands. */
export const installed = (name) => import.meta.resolve(name, pathToFileURL(`${process.cwd()}/`).href)

/**
 * Answers requests until there are no more. `newClient` makes a client of the fields of a request; `operations` are
 * asked with a client and the fields.
 */
export async function serve(newClient, operations) {
  const clients = []
  const answer = async ({ operation, client, ...fields }) => {
    if (operation === "client") return { client: clients.push(await newClient(fields)) - 1 }
    return (await operations[operation](clients[client], fields)) ?? {}
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const answered = await answer(JSON.parse(line)).catch((problem) => ({ error: describe(problem) }))
    process.stdout.write(JSON.stringify(answered) + "\n")
  }
}

/** What an error says, and what is inside it for those errors that carry their reason there. */
function describe(problem) {
  const inside = JSON.stringify(problem?.inner ?? null, (_, value) => (typeof value === "bigint" ? String(value) : value))
  return `${problem?.name}: ${problem?.message}${inside && inside !== "null" ? ` ${inside}` : ""}`
}
