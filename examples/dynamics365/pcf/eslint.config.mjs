import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/generated/**", "out/**"] },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  // The framework hands a control more than it needs.
  { rules: { "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }] } },
);
