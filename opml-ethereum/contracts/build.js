#!/usr/bin/env node
// Compiles the contracts to the artefacts that the Java client ships: ABI, code, and where the code holds immutables.
// They have the shape of forge's.
// `npm ci && node build.js` writes them; `node build.js --check` compares them, byte for byte, with what is there.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const solc = require("solc");

const SOURCES = path.join(__dirname, "src");
const ARTEFACTS = path.join(__dirname, "../src/main/resources/dev/opml/ethereum");
const DEPLOYED = [
  "Arbiter",
  "ImageRules",
  "RiscVStep",
  "consumer/Oracle",
  "consumer/OaoOracle",
  "consumer/ClaimVerifier",
];

function settings() {
  // The same as forge's, so that what is tested is what is shipped.
  const toml = fs.readFileSync(path.join(__dirname, "foundry.toml"), "utf8");
  const value = (key) => JSON.parse(toml.match(new RegExp(`^${key} = (.*)$`, "m"))[1]);
  return {
    evmVersion: value("evm_version"),
    viaIR: value("via_ir"),
    optimizer: { enabled: value("optimizer"), runs: value("optimizer_runs") },
    metadata: { bytecodeHash: value("bytecode_hash"), appendCBOR: value("cbor_metadata") },
    outputSelection: { "*": { "*": ["abi", "evm.bytecode", "evm.deployedBytecode"] } },
  };
}

function compile() {
  const content = (name) => ({ content: fs.readFileSync(path.join(SOURCES, name), "utf8") });
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(DEPLOYED.map((name) => [`src/${name}.sol`, content(`${name}.sol`)])),
    settings: settings(),
  };
  const read = (name) => {
    const file = path.join(__dirname, name);
    return fs.existsSync(file) ? { contents: fs.readFileSync(file, "utf8") } : { error: `${name}: not found` };
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read }));
  const errors = (output.errors ?? []).filter((it) => it.severity !== "info");
  if (errors.length > 0) {
    throw new Error(errors.map((it) => it.formattedMessage).join("\n"));
  }
  return output.contracts;
}

function artefact(name, contract) {
  const { bytecode, deployedBytecode } = contract.evm;
  if (Object.keys(bytecode.linkReferences).length > 0) {
    throw new Error(`${name} has to be linked`);
  }
  return {
    contract: name,
    compiler: solc.version(),
    abi: contract.abi,
    bytecode: { object: `0x${bytecode.object}` },
    deployedBytecode: {
      object: `0x${deployedBytecode.object}`,
      immutableReferences: deployedBytecode.immutableReferences ?? {},
    },
  };
}

const check = process.argv.includes("--check");
const contracts = compile();
let stale = false;
fs.mkdirSync(ARTEFACTS, { recursive: true });
for (const source of DEPLOYED) {
  const name = path.basename(source);
  const built = artefact(name, contracts[`src/${source}.sol`][name]);
  const text = `${JSON.stringify(built, null, 1)}\n`;
  const file = path.join(ARTEFACTS, `${name}.json`);
  console.log(`${name}: ${(built.deployedBytecode.object.length - 2) / 2} bytes of code`);
  if (!check) {
    fs.writeFileSync(file, text);
  } else if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) {
    console.error(`${path.relative(process.cwd(), file)} is not what the sources compile to: node build.js`);
    stale = true;
  }
}
process.exitCode = stale ? 1 : 0;
