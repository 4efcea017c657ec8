// ts-mls as a peer (see ts_mls.py). A client holds what ts-mls leaves to the application: key packages, keys, a state.

import { hex, installed, serve, unhex } from "./worker.mjs"

const mls = await import(installed("ts-mls"))
const { decodeRatchetTree, encodeRatchetTree } = await import(installed("ts-mls/ratchetTree.js"))

const HOUR = 3600n
const WEEK = 7n * 24n * HOUR
const now = () => BigInt(Math.floor(Date.now() / 1000))

const encode = (wireformat, field, content) => hex(mls.encodeMlsMessage({ version: "mls10", wireformat, [field]: content }))
const decode = (message) => mls.decodeMlsMessage(unhex(message), 0)[0]

async function newClient({ suite, identity }) {
  const name = Object.keys(mls.ciphersuites).find((each) => mls.ciphersuites[each] === suite)
  const impl = await mls.getCiphersuiteImpl(mls.getCiphersuiteFromName(name), mls.defaultCryptoProvider)
  return { name, impl, identity, signatureKeys: await impl.signature.keygen(), psks: {}, state: undefined }
}

/** A fresh key package, which waits for its Welcome. */
async function newKeyPackage(client) {
  const credential = { credentialType: "basic", identity: Buffer.from(client.identity) }
  // core-crypto wants every member to say that it knows both.
  const credentials = ["basic", "x509"]
  const capabilities = { versions: ["mls10"], ciphersuites: [client.name], extensions: [], proposals: [], credentials }
  const lifetime = { notBefore: now() - HOUR, notAfter: now() + 4n * WEEK }
  client.waiting = await mls.generateKeyPackageWithKey(credential, capabilities, lifetime, [], client.signatureKeys, client.impl)
  return client.waiting
}

const pskIndex = (client) => mls.makePskIndex(client.state, client.psks)
const nonce = (client) => crypto.getRandomValues(new Uint8Array(client.impl.kdf.size))

function proposal(client, change) {
  switch (change.type) {
    case "add":
      return { proposalType: "add", add: { keyPackage: decode(change.key_package).keyPackage } }
    case "remove":
      return { proposalType: "remove", remove: { removed: change.leaf } }
    case "external_psk": {
      const preSharedKeyId = { psktype: "external", pskId: unhex(change.psk_id), pskNonce: nonce(client) }
      return { proposalType: "psk", psk: { preSharedKeyId } }
    }
    case "past_epoch_psk": {
      const past = { usage: "application", pskGroupId: client.state.groupContext.groupId, pskEpoch: BigInt(change.epoch) }
      return { proposalType: "psk", psk: { preSharedKeyId: { psktype: "resumption", ...past, pskNonce: nonce(client) } } }
    }
    case "extensions": {
      const known = Object.fromEntries(Object.entries(mls.defaultExtensionTypes).map(([key, value]) => [value, key]))
      const extensions = change.extensions.map(([type, data]) => ({ extensionType: known[type] ?? type, extensionData: unhex(data) }))
      return { proposalType: "group_context_extensions", groupContextExtensions: { extensions } }
    }
  }
}

function sent(client, { commit, welcome, newState }) {
  client.state = newState
  const tree = hex(encodeRatchetTree(newState.ratchetTree))
  return { commit: hex(mls.encodeMlsMessage(commit)), welcome: welcome ? encode("mls_welcome", "welcome", welcome) : "", tree }
}

// ts-mls writes and reads the bare key in the external_pub extension, where RFC 9420 §12.4.3.2 has a vector of bytes.
// These put the vector's length before the key and take it away, so that external commits can be tried at all.

const header = (length) => (length < 64 ? [length] : [0x40 | (length >> 8), length & 0xff])

function writesVector({ impl }) {
  const exportPublicKey = async (key) => {
    const bare = await impl.hpke.exportPublicKey(key)
    return new Uint8Array([...header(bare.length), ...bare])
  }
  return { ...impl, hpke: { ...impl.hpke, exportPublicKey } }
}

function readsVector({ impl }, groupInfo) {
  const external = groupInfo.extensions.find((extension) => extension.extensionType === "external_pub").extensionData
  const bare = external.slice(external[0] < 64 ? 1 : 2)
  const importPublicKey = (key) => impl.hpke.importPublicKey(key === external ? bare : key)
  return { ...impl, hpke: { ...impl.hpke, importPublicKey } }
}

await serve(newClient, {
  calls: async () => ({ names: Object.keys(mls) }),
  decode: async (_, { message }) => {
    if (!mls.decodeMlsMessage(unhex(message), 0)) throw new Error("decodeMlsMessage finds no message in these bytes")
  },
  adopt: async (client, { key_package, init_key, encryption_key, signature_key }) => {
    const keys = { initPrivateKey: init_key, hpkePrivateKey: encryption_key, signaturePrivateKey: signature_key }
    const privatePackage = Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, unhex(key)]))
    client.waiting = { publicPackage: decode(key_package).keyPackage, privatePackage }
  },
  key_package: async (client) => ({
    bytes: encode("mls_key_package", "keyPackage", (await newKeyPackage(client)).publicPackage),
  }),
  create: async (client, { group_id }) => {
    const { publicPackage, privatePackage } = await newKeyPackage(client)
    client.state = await mls.createGroup(unhex(group_id), publicPackage, privatePackage, [], client.impl)
  },
  join: async (client, { welcome, tree, link }) => {
    const { publicPackage, privatePackage } = client.waiting
    const { welcome: opened } = decode(welcome)
    const beside = tree ? decodeRatchetTree(unhex(tree), 0)[0] : undefined
    const old = client.state
    if (link === "reinit") client.state = await mls.joinGroupFromReinit(old, opened, publicPackage, privatePackage, beside)
    else if (link === "branch")
      client.state = await mls.joinGroupFromBranch(old, opened, publicPackage, privatePackage, beside, client.impl)
    else client.state = await mls.joinGroup(opened, publicPackage, privatePackage, pskIndex(client), client.impl, beside)
  },
  external_commit: async (client, { group_info, resync }) => {
    const { publicPackage, privatePackage } = await newKeyPackage(client)
    const { groupInfo } = decode(group_info)
    const impl = readsVector(client, groupInfo)
    const made = await mls.joinGroupExternal(groupInfo, publicPackage, privatePackage, resync, impl)
    client.state = made.newState
    return { bytes: encode("mls_public_message", "publicMessage", made.publicMessage) }
  },
  ask_to_be_added: async (client, { group_info }) => {
    const { publicPackage, privatePackage } = await newKeyPackage(client)
    const asked = await mls.proposeAddExternal(decode(group_info).groupInfo, publicPackage, privatePackage, client.impl)
    return { bytes: hex(mls.encodeMlsMessage(asked)) }
  },
  commit: async (client, { changes, form }) => {
    const extraProposals = changes.map((change) => proposal(client, change))
    const options = { wireAsPublicMessage: form === "public", extraProposals, ratchetTreeExtension: true }
    const context = { state: client.state, cipherSuite: client.impl, pskIndex: pskIndex(client) }
    return { ...sent(client, await mls.createCommit(context, options)), tree: "" }
  },
  propose: async (client, { change, form }) => {
    const made = await mls.createProposal(client.state, form === "public", proposal(client, change), client.impl)
    client.state = made.newState
    return { bytes: hex(mls.encodeMlsMessage(made.message)) }
  },
  process: async (client, { message }) => {
    // Not processMessage, which forgets the pre-shared keys on its way to a PrivateMessage.
    const { wireformat, privateMessage, publicMessage } = decode(message)
    const [take, body] =
      wireformat === "mls_private_message"
        ? [mls.processPrivateMessage, privateMessage]
        : [mls.processPublicMessage, publicMessage]
    const taken = await take(client.state, body, pskIndex(client), client.impl, mls.acceptAll)
    client.state = taken.newState
    return { plaintext: taken.kind === "applicationMessage" ? hex(taken.message) : null }
  },
  protect: async (client, { data }) => {
    const made = await mls.createApplicationMessage(client.state, unhex(data), client.impl)
    client.state = made.newState
    return { bytes: encode("mls_private_message", "privateMessage", made.privateMessage) }
  },
  store_psk: async (client, { psk_id, psk }) => {
    client.psks[mls.bytesToBase64(unhex(psk_id))] = unhex(psk)
  },
  group_info: async (client, { as_it_is }) => {
    const impl = as_it_is ? client.impl : writesVector(client)
    const made = await mls.createGroupInfoWithExternalPubAndRatchetTree(client.state, [], impl)
    return { bytes: encode("mls_group_info", "groupInfo", made) }
  },
  external_sender: async (client) => {
    const credential = { credentialType: "basic", identity: Buffer.from(client.identity) }
    const { publicKey } = client.signatureKeys
    return { bytes: hex(mls.encodeExternalSender({ signaturePublicKey: publicKey, credential })) }
  },
  export: async (client, { label, context, length }) => {
    const { exporterSecret } = client.state.keySchedule
    return { bytes: hex(await mls.mlsExporter(exporterSecret, label, unhex(context), length, client.impl)) }
  },
  epoch_authenticator: async (client) => ({ bytes: hex(client.state.keySchedule.epochAuthenticator) }),
  epoch: async (client) => ({ epoch: Number(client.state.groupContext.epoch) }),
  reinit: async (client, { group_id }) =>
    sent(client, await mls.reinitGroup(client.state, unhex(group_id), "mls10", client.name, [], client.impl)),
  found: async (client, { link, group_id, key_packages }) => {
    const { publicPackage, privatePackage } = await newKeyPackage(client)
    const others = key_packages.map((message) => decode(message).keyPackage)
    const [old, id] = [client.state, unhex(group_id)]
    return sent(
      client,
      link === "reinit"
        ? await mls.reinitCreateNewGroup(old, publicPackage, privatePackage, others, id, client.name, [])
        : await mls.branchGroup(old, publicPackage, privatePackage, others, id, client.impl),
    )
  },
})
