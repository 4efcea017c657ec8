// ts-mls for the bench (see ts_mls.py): a line of JSON in, a line of JSON out, with the time that ts-mls itself took.
// Bytes travel in hex, and are bytes already when the clock starts. The package is looked for from the present folder.

import { createRequire } from "node:module"
import readline from "node:readline"
import { pathToFileURL } from "node:url"

const began = { wall: performance.now(), cpu: process.cpuUsage() }
const mls = await import(pathToFileURL(createRequire(`${process.cwd()}/`).resolve("ts-mls")).href)
const imported = since(began)

const SUITE = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"
const HOUR = 3600n
const WEEK = 7n * 24n * HOUR

const hex = (bytes) => Buffer.from(bytes).toString("hex")
const unhex = (text) => new Uint8Array(Buffer.from(text, "hex"))
const encode = (wireformat, field, content) => mls.encodeMlsMessage({ version: "mls10", wireformat, [field]: content })
const decode = (message) => mls.decodeMlsMessage(message, 0)[0]
const index = (client) => mls.makePskIndex(client.state, {})

/** The seconds since a moment, on the clock and of all processors. */
function since({ wall, cpu }) {
  const { user, system } = process.cpuUsage(cpu)
  return { wall: (performance.now() - wall) / 1e3, cpu: (user + system) / 1e6 }
}

async function newClient(identity) {
  const impl = await mls.getCiphersuiteImpl(mls.getCiphersuiteFromName(SUITE), mls.defaultCryptoProvider)
  return { impl, identity, signatureKeys: await impl.signature.keygen() }
}

async function commit(client, extraProposals) {
  const context = { state: client.state, cipherSuite: client.impl, pskIndex: index(client) }
  const made = await mls.createCommit(context, { wireAsPublicMessage: true, extraProposals, ratchetTreeExtension: true })
  client.state = made.newState
  const welcomes = made.welcome ? [encode("mls_welcome", "welcome", made.welcome)] : []
  return [mls.encodeMlsMessage(made.commit), ...welcomes]
}

/** Each takes a client and bytes, and gives a list of bytes. */
const operations = {
  key_package: async (client) => {
    const now = BigInt(Math.floor(Date.now() / 1000))
    const credential = { credentialType: "basic", identity: Buffer.from(client.identity) }
    const capabilities = { versions: ["mls10"], ciphersuites: [SUITE], extensions: [], proposals: [], credentials: ["basic"] }
    const lifetime = { notBefore: now - HOUR, notAfter: now + 4n * WEEK }
    client.keys = await mls.generateKeyPackageWithKey(credential, capabilities, lifetime, [], client.signatureKeys, client.impl)
    return [encode("mls_key_package", "keyPackage", client.keys.publicPackage)]
  },
  create: async (client) => {
    const { publicPackage, privatePackage } = client.keys
    client.state = await mls.createGroup(Buffer.from("bench"), publicPackage, privatePackage, [], client.impl)
    return []
  },
  add: (client, keyPackages) =>
    commit(client, keyPackages.map((each) => ({ proposalType: "add", add: { keyPackage: decode(each).keyPackage } }))),
  join: async (client, [welcome]) => {
    const { publicPackage, privatePackage } = client.keys
    client.state = await mls.joinGroup(decode(welcome).welcome, publicPackage, privatePackage, mls.emptyPskIndex, client.impl)
    return []
  },
  update: (client) => commit(client, []),
  remove: (client, [leaf]) => commit(client, [{ proposalType: "remove", remove: { removed: leaf[0] * 256 + leaf[1] } }]),
  process: async (client, [message]) => {
    const taken = await mls.processMessage(decode(message), client.state, index(client), mls.acceptAll, client.impl)
    client.state = taken.newState
    return taken.kind === "applicationMessage" ? [taken.message] : []
  },
  protect: async (client, [data]) => {
    const made = await mls.createApplicationMessage(client.state, data, client.impl)
    client.state = made.newState
    return [encode("mls_private_message", "privateMessage", made.privateMessage)]
  },
}

const clients = []

async function answer({ operation, client, given, identity }) {
  if (operation === "imported") return imported
  if (operation === "client") return { client: clients.push(await newClient(identity)) - 1 }
  const bytes = given.map(unhex)
  const start = { wall: performance.now(), cpu: process.cpuUsage() }
  const made = await operations[operation](clients[client], bytes)
  return { ...since(start), made: made.map(hex) }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const answered = await answer(JSON.parse(line)).catch((problem) => ({ error: `${problem?.name}: ${problem?.message}` }))
  process.stdout.write(JSON.stringify(answered) + "\n")
}
