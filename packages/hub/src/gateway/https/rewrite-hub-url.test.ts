import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteHubUrl } from './rewrite-hub-url.ts';

describe('rewriteHubUrl', () => {
  it.each([
    ['/devices%2Fquery?api-version=1', '/devices/query?api-version=1'],
    ['/devices/?top=10', '/devices?top=10'],
    ['/Devices/MyDevice/Messages/deviceBound/ToKeN', '/devices/MyDevice/messages/devicebound/ToKeN'],
    ['/twins/D1/Modules/M1/Methods', '/twins/D1/modules/M1/methods'],
    ['/devices/a%25b%2Bc', '/devices/a%25b%2Bc'],
    ['/devices/a%252Fb', '/devices/a%252Fb'],
    ['/Statistics/Devices', '/statistics/devices'],
    ['/certificates/Root/generateVerificationCode', '/certificates/Root/generateverificationcode'],
    [
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/hub/certificates/Root?api-version=2023-06-30',
      '/certificates/Root?api-version=2023-06-30',
    ],
    [
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/hub',
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/hub',
    ],
    [
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/hub/eventHubEndpoints/events/ConsumerGroups/Mine',
      '/eventhubendpoints/events/consumergroups/Mine',
    ],
    ['/Devices/D1/Files/', '/devices/D1/files'],
    ['/devices%2FD1%2FFiles%2FLogs%2F%2FA.txt', '/devices/D1/files/Logs%2F%2FA.txt'],
    ['/devices/D1/files//Logs/../A%252F?x=1', '/devices/D1/files//Logs/../A%252F?x=1'],
    ['/devices/D1/Files/Notifications/A', '/devices/D1/files/Notifications/A'],
    ['/Routing/Endpoints/MyHook/Pause', '/routing/endpoints/MyHook/pause'],
    ['/Routing/FallbackRoute/', '/routing/fallbackroute'],
    [
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/h/routing/routes/$testall',
      '/routing/routes/$testall',
    ],
    ['/Jobs/V2/MyJob/Cancel', '/jobs/v2/MyJob/cancel'],
    ['/jobs/v2/Query?jobType=x', '/jobs/v2/query?jobType=x'],
    ['/jobs/Create', '/jobs/create'],
    ['/jobs/Some-Guid', '/jobs/Some-Guid'],
    ['/console/Devices/', '/console/Devices/'],
    ['/api/devices%2Fx', '/api/devices%2Fx'],
    ['/', '/'],
  ])('turns %s into %s', (url, expected) => {
    expect(rewriteHubUrl(url)).toBe(expected);
  });

  it('has nothing left to do the second time, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.webPath(),
        fc.constantFrom('/devices', '/devices/d1/files', '/devices%2Fd1/Files%2F'),
        (path, first) => {
          const once = rewriteHubUrl(`${first}${path}`);
          expect(rewriteHubUrl(once)).toBe(once);
        },
      ),
    );
  });
});
