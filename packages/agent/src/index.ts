export { Agent, type AgentOptions } from './agent.ts';
export { AGENT_SETTINGS, type AgentConfig, readConfig } from './config.ts';
export { MODEL_ID } from './device-session.ts';
