// Mantine speaks with our tokens: its own colours are mapped onto them, once.
import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver, type MantineColorsTuple, type VariantColorsResolver } from "@mantine/core";

const SHADES = 10;

/** One colour for every shade: hover and contrast come from the tokens, not from a palette. */
function flat(token: string): MantineColorsTuple {
  return Array.from({ length: SHADES }, () => `var(${token})`) as unknown as MantineColorsTuple;
}

/** Mantine's greys, from the tokens: it takes text from the one end and grounds from the other. */
function ramp(scheme: "dark" | "light"): MantineColorsTuple {
  const tokens = scheme === "dark"
    ? ["--text", "--text", "--muted", "--muted", "--rule-strong", "--rule", "--raised", "--surface", "--ground", "--ground"]
    : ["--raised", "--raised", "--rule", "--rule", "--rule-strong", "--rule-strong", "--muted", "--muted", "--text", "--text"];
  return tokens.map((token) => `var(${token})`) as unknown as MantineColorsTuple;
}

/** Mantine writes white on filled surfaces; our accent is light in the dark scheme. */
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  return input.variant === "filled" ? { ...colors, color: "var(--on-accent)" } : colors;
};

export const theme = createTheme({
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--font-mono)",
  headings: { fontFamily: "var(--font)" },
  primaryColor: "accent",
  colors: { accent: flat("--accent"), dark: ramp("dark"), gray: ramp("light") },
  defaultRadius: "var(--radius)",
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  variantColorResolver: variantColors,
});

const variables = {
  "--mantine-color-body": "var(--surface)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--muted)",
  "--mantine-color-placeholder": "var(--muted)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-error": "var(--critical)",
  "--mantine-color-default": "var(--raised)",
  "--mantine-color-default-hover": "var(--rule)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--rule-strong)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-filled-hover": "var(--accent-strong)",
  "--mantine-primary-color-contrast": "var(--on-accent)",
  "--mantine-primary-color-light": "var(--accent-soft)",
  "--mantine-primary-color-light-hover": "var(--accent-soft)",
  "--mantine-primary-color-light-color": "var(--accent)",
  "--mantine-color-accent-filled": "var(--accent)",
  "--mantine-color-accent-filled-hover": "var(--accent-strong)",
  "--mantine-color-accent-light": "var(--accent-soft)",
  "--mantine-color-accent-light-hover": "var(--accent-soft)",
  "--mantine-color-accent-light-color": "var(--accent)",
};

export const variablesResolver: CSSVariablesResolver = () => ({ variables: {}, dark: variables, light: variables });
