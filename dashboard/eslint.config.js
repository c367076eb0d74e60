// One strict rule set for every file; a warning fails the check as an error would.
import hooks from "eslint-plugin-react-hooks";
import a11y from "eslint-plugin-jsx-a11y";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/data/schema.d.ts"] },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...ts.configs.strictTypeChecked, ...ts.configs.stylisticTypeChecked, hooks.configs.flat.recommended, a11y.flatConfigs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // A redirect is thrown by the router; it is not an error and is not meant to be one.
      "@typescript-eslint/only-throw-error": ["error", { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] }],
      "no-console": "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "no-restricted-syntax": ["error", { selector: "ExportDefaultDeclaration", message: "Export by name." }],
    },
  },
  {
    // Only data files speak to the wire.
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/data/**", "src/**/*.test.{ts,tsx}", "src/testing/**"],
    rules: {
      "no-restricted-globals": ["error", "fetch", "EventSource", "XMLHttpRequest"],
      "no-restricted-imports": ["error", { paths: [{ name: "openapi-fetch", message: "Use a data file." }], patterns: [{ group: ["**/data/schema", "**/data/client"], message: "Use a data file." }] }],
    },
  },
  {
    // The inferred types of queries and routes are what carries their keys and addresses.
    files: ["src/data/**/*.ts", "src/app/router.tsx"],
    rules: { "@typescript-eslint/explicit-module-boundary-types": "off" },
  },
  { files: ["vite.config.ts"], rules: { "no-restricted-syntax": "off" } },
);
