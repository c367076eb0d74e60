// Where the browser begins.
import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.layer.css";
import "./design/tokens.css";
import "./design/base.css";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";

// The nonce of this very answer; scroll locking under dialogs asks for it apart from Mantine.
const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content;
if (nonce !== undefined) setNonce(nonce);

const place = document.getElementById("root");
if (!place) throw new Error("index.html has no #root");
createRoot(place).render(<StrictMode><App nonce={nonce} /></StrictMode>);
