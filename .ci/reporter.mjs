import { writeFileSync } from 'node:fs';

/** Writes to `$TEST_SUMMARY`: a line `passed failed skipped`, then a line for each test that failed or needed a second try. */
export default class {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const named = errors.map((error) => `failed outside a test: ${error.message}`);
    for (const module of modules) {
      for (const error of module.errors())
        named.push(`failed to load: ${module.relativeModuleId}: ${error.message}`);
      for (const test of module.children.allTests()) {
        const { state, errors: faults = [] } = test.result();
        count[state] = (count[state] ?? 0) + 1;
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        if (state === 'failed')
          named.push(`failed: ${name}\n${faults.map((fault) => fault.message).join('\n')}`);
        else if (test.diagnostic()?.flaky) named.push(`passed at the second try: ${name}`);
      }
    }
    writeFileSync(
      process.env.TEST_SUMMARY,
      [`${count.passed} ${count.failed} ${count.skipped}`, ...named, ''].join('\n'),
    );
  }
}
