import { AjvCompiler, type BuildCompilerFromPool } from '@fastify/ajv-compiler';
import type { FastifyServerOptions } from 'fastify';

const buildAtOnce: BuildCompilerFromPool = AjvCompiler();

/** What Fastify uses of a validator: it answers false, and then says why. */
interface Validator {
  (data: unknown): unknown;
  errors?: unknown;
}

const buildLazily: BuildCompilerFromPool = (externalSchemas, options) => (definition) => {
  let validate: Validator | undefined;
  const lazy: Validator = (data) => {
    validate ??= buildAtOnce(externalSchemas, options)(definition) as Validator;
    const answer = validate(data);
    lazy.errors = validate.errors;
    return answer;
  };
  return lazy as ReturnType<ReturnType<BuildCompilerFromPool>>;
};

/**
 * Fastify's own validators, each made when its route is asked for the first time. To make those of all routes, of which most are never
 * asked for, is half of what a server does until it is ready.
 */
export const validateLazily: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: buildLazily },
};
