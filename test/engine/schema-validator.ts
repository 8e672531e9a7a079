/** A JSON Schema validator with the schema that rules make. */
import { Ajv, type ValidateFunction } from 'ajv';
import { parseDocument } from 'yaml';
import type { RuleSet } from '../../src/engine/rule.ts';
import { ruleSchema } from '../../src/engine/schema.ts';

const validators = new Map<string, ValidateFunction>();

export function validatorOf(rules: RuleSet): ValidateFunction {
  const schema = ruleSchema(rules);
  // What things are called in words makes no difference.
  const key = JSON.stringify(schema, (name, value) =>
    name === 'description' && typeof value === 'string' ? undefined : value,
  );
  let validate = validators.get(key);
  if (!validate) {
    // Made to be used a few times: a function for each definition, and none of them polished.
    const ajv = new Ajv({
      allowUnionTypes: true,
      strictTypes: false,
      validateSchema: false,
      inlineRefs: false,
      code: { optimize: false },
    });
    validate = ajv.compile(schema);
    validators.set(key, validate);
  }
  return validate;
}

/** What the validator has against a file, as an editor's parser reads it. */
export function refusals(validate: ValidateFunction, text: string, version: '1.1' | '1.2' = '1.2'): string[] {
  const document = parseDocument(text, { version });
  if (document.errors.length > 0) return document.errors.map(({ message }) => message);
  validate(document.toJS());
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
