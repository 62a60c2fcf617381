import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { onSignedOut, queryClient, sessionQuery } from './api/queries.ts';
import { ConsoleRefusal } from './api/request.ts';
import { explorerSearch } from './explorer/exploration-search.ts';
import { RouteProblem } from './ui/route-problem.tsx';
import {
  attemptsSearch,
  commandsSearch,
  connectionsSearch,
  connectSearch,
  dashboardSearch,
  dashboardsSearch,
  deviceSearch,
  devicesSearch,
  editSearch,
  enrollmentSearch,
  enrollmentsSearch,
  filesSearch,
  groupSearch,
  historySearch,
  jobSearch,
  jobsSearch,
  linkedHubsSearch,
  mapSearch,
  messagesSearch,
  modelSearch,
  modelsSearch,
  newConfigurationSearch,
  newEndpointSearch,
  newEnrollmentSearch,
  newGroupSearch,
  newJobSearch,
  newModelSearch,
  querySearch,
  setUpSearch,
  signInSearch,
} from './ui/search-params.ts';
import { Shell } from './ui/shell.tsx';

/** Every page is a chunk of its own; the first load carries the shell only. */
const root = createRootRoute({ errorComponent: RouteProblem });

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: setUpSearch,
  component: lazyRouteComponent(() => import('./pages/setup/set-up-page.tsx'), 'SetUpPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('./pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
});

/** What needs a session. Without one: to the sign-in page, and back to where one was. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  errorComponent: RouteProblem,
  beforeLoad: async ({ location }) => {
    await queryClient.ensureQueryData(sessionQuery).catch((error: unknown) => {
      if (!(error instanceof ConsoleRefusal) || error.code !== 'console.signedOut') throw error;
      throw redirect({ to: '/sign-in', search: { returnTo: location.href } });
    });
  },
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview/overview-page.tsx'), 'OverviewPage'),
});

const devices = createRoute({
  getParentRoute: () => shell,
  path: '/devices',
  validateSearch: devicesSearch,
  component: lazyRouteComponent(() => import('./pages/devices/devices-page.tsx'), 'DevicesPage'),
});

const explorer = createRoute({
  getParentRoute: () => shell,
  path: '/explorer',
  validateSearch: explorerSearch,
  component: lazyRouteComponent(() => import('./pages/explorer/explorer-page.tsx'), 'ExplorerPage'),
});

const dashboards = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards',
  validateSearch: dashboardsSearch,
  component: lazyRouteComponent(() => import('./pages/dashboards/dashboards-page.tsx'), 'DashboardsPage'),
});

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards/$dashboardId',
  validateSearch: dashboardSearch,
  component: lazyRouteComponent(() => import('./pages/dashboards/dashboard-page.tsx'), 'DashboardPage'),
});

const map = createRoute({
  getParentRoute: () => shell,
  path: '/map',
  validateSearch: mapSearch,
  component: lazyRouteComponent(() => import('./pages/map/map-page.tsx'), 'MapPage'),
});

const groups = createRoute({
  getParentRoute: () => shell,
  path: '/groups',
  component: lazyRouteComponent(() => import('./pages/groups/groups-page.tsx'), 'GroupsPage'),
});

const newGroup = createRoute({
  getParentRoute: () => shell,
  path: '/groups/new',
  validateSearch: newGroupSearch,
  component: lazyRouteComponent(() => import('./pages/groups/new-group-page.tsx'), 'NewGroupPage'),
});

const group = createRoute({
  getParentRoute: () => shell,
  path: '/groups/$groupId',
  validateSearch: groupSearch,
  component: lazyRouteComponent(() => import('./pages/groups/group-page.tsx'), 'GroupPage'),
});

const certificates = createRoute({
  getParentRoute: () => shell,
  path: '/certificates',
  component: lazyRouteComponent(() => import('./pages/certificates/certificates-page.tsx'), 'CertificatesPage'),
});

const query = createRoute({
  getParentRoute: () => shell,
  path: '/query',
  validateSearch: querySearch,
  component: lazyRouteComponent(() => import('./pages/query/query-page.tsx'), 'QueryPage'),
});

const events = createRoute({
  getParentRoute: () => shell,
  path: '/events',
  component: lazyRouteComponent(() => import('./pages/events/events-page.tsx'), 'EventsPage'),
});

const models = createRoute({
  getParentRoute: () => shell,
  path: '/models',
  validateSearch: modelsSearch,
  component: lazyRouteComponent(() => import('./pages/models/models-page.tsx'), 'ModelsPage'),
});

const newModel = createRoute({
  getParentRoute: () => shell,
  path: '/models/new',
  validateSearch: newModelSearch,
  component: lazyRouteComponent(() => import('./pages/models/new/new-model-page.tsx'), 'NewModelPage'),
});

const model = createRoute({
  getParentRoute: () => shell,
  path: '/models/$templateId',
  validateSearch: modelSearch,
  component: lazyRouteComponent(() => import('./pages/models/model-page.tsx'), 'ModelPage'),
});

const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  validateSearch: jobsSearch,
  component: lazyRouteComponent(() => import('./pages/jobs/jobs-page.tsx'), 'JobsPage'),
});

const newJob = createRoute({
  getParentRoute: () => shell,
  path: '/jobs/new',
  validateSearch: newJobSearch,
  component: lazyRouteComponent(() => import('./pages/jobs/new/new-job-page.tsx'), 'NewJobPage'),
});

const job = createRoute({
  getParentRoute: () => shell,
  path: '/jobs/$jobId',
  validateSearch: jobSearch,
  component: lazyRouteComponent(() => import('./pages/jobs/job-page.tsx'), 'JobPage'),
});

const configurations = createRoute({
  getParentRoute: () => shell,
  path: '/configurations',
  component: lazyRouteComponent(() => import('./pages/configurations/configurations-page.tsx'), 'ConfigurationsPage'),
});

const newConfiguration = createRoute({
  getParentRoute: () => shell,
  path: '/configurations/new',
  validateSearch: newConfigurationSearch,
  component: lazyRouteComponent(
    () => import('./pages/configurations/new-configuration-page.tsx'),
    'NewConfigurationPage',
  ),
});

const configuration = createRoute({
  getParentRoute: () => shell,
  path: '/configurations/$id',
  validateSearch: editSearch,
  component: lazyRouteComponent(() => import('./pages/configurations/configuration-page.tsx'), 'ConfigurationPage'),
});

const routing = createRoute({
  getParentRoute: () => shell,
  path: '/routing',
  component: lazyRouteComponent(() => import('./pages/routing/routing-page.tsx'), 'RoutingPage'),
});

const newRoute = createRoute({
  getParentRoute: () => shell,
  path: '/routing/routes/new',
  component: lazyRouteComponent(() => import('./pages/routing/route-page.tsx'), 'NewRoutePage'),
});

const route = createRoute({
  getParentRoute: () => shell,
  path: '/routing/routes/$name',
  component: lazyRouteComponent(() => import('./pages/routing/route-page.tsx'), 'RoutePage'),
});

const newEndpoint = createRoute({
  getParentRoute: () => shell,
  path: '/routing/endpoints/new',
  validateSearch: newEndpointSearch,
  component: lazyRouteComponent(() => import('./pages/routing/new-endpoint-page.tsx'), 'NewEndpointPage'),
});

const endpoint = createRoute({
  getParentRoute: () => shell,
  path: '/routing/endpoints/$name',
  validateSearch: editSearch,
  component: lazyRouteComponent(() => import('./pages/routing/endpoint-page.tsx'), 'EndpointPage'),
});

const enrollments = createRoute({
  getParentRoute: () => shell,
  path: '/enrollments',
  validateSearch: enrollmentsSearch,
  component: lazyRouteComponent(() => import('./pages/provisioning/enrollments-page.tsx'), 'EnrollmentsPage'),
});

const newEnrollment = createRoute({
  getParentRoute: () => shell,
  path: '/enrollments/new',
  validateSearch: newEnrollmentSearch,
  component: lazyRouteComponent(() => import('./pages/provisioning/new-enrollment-page.tsx'), 'NewEnrollmentPage'),
});

const enrollment = createRoute({
  getParentRoute: () => shell,
  path: '/enrollments/$kind/$id',
  validateSearch: enrollmentSearch,
  component: lazyRouteComponent(() => import('./pages/provisioning/enrollment-page.tsx'), 'EnrollmentPage'),
});

const attempts = createRoute({
  getParentRoute: () => shell,
  path: '/attempts',
  validateSearch: attemptsSearch,
  component: lazyRouteComponent(() => import('./pages/provisioning/attempts-page.tsx'), 'AttemptsPage'),
});

const linkedHubs = createRoute({
  getParentRoute: () => shell,
  path: '/linked-hubs',
  validateSearch: linkedHubsSearch,
  component: lazyRouteComponent(() => import('./pages/provisioning/linked-hubs-page.tsx'), 'LinkedHubsPage'),
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./pages/tokens/access-tokens-page.tsx'), 'AccessTokensPage'),
});

const apiTokens = createRoute({
  getParentRoute: () => shell,
  path: '/api-tokens',
  component: lazyRouteComponent(() => import('./pages/tokens/api-tokens-page.tsx'), 'ApiTokensPage'),
});

const device = createRoute({
  getParentRoute: () => shell,
  path: '/devices/$deviceId',
  validateSearch: deviceSearch,
  search: { middlewares: [retainSearchParams(['time'])] },
  component: lazyRouteComponent(() => import('./pages/device/device-page.tsx'), 'DevicePage'),
});

const deviceOverview = createRoute({
  getParentRoute: () => device,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/device/overview/device-overview.tsx'), 'DeviceOverview'),
});

const deviceAbout = createRoute({
  getParentRoute: () => device,
  path: '/about',
  component: lazyRouteComponent(() => import('./pages/device/about/device-about.tsx'), 'DeviceAbout'),
});

const deviceMessages = createRoute({
  getParentRoute: () => device,
  path: '/messages',
  validateSearch: messagesSearch,
  component: lazyRouteComponent(() => import('./pages/device/messages/device-messages.tsx'), 'DeviceMessages'),
});

const deviceProperties = createRoute({
  getParentRoute: () => device,
  path: '/properties',
  component: lazyRouteComponent(() => import('./pages/device/properties/device-properties.tsx'), 'DeviceProperties'),
});

/** What was two pages, methods and the queue, is one: links to the former still lead there. */
const deviceMethods = createRoute({
  getParentRoute: () => device,
  path: '/methods',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/devices/$deviceId/commands', params });
  },
});

const deviceCommands = createRoute({
  getParentRoute: () => device,
  path: '/commands',
  validateSearch: commandsSearch,
  component: lazyRouteComponent(() => import('./pages/device/commands/device-commands.tsx'), 'DeviceCommands'),
});

const deviceModules = createRoute({
  getParentRoute: () => device,
  path: '/modules',
  component: lazyRouteComponent(() => import('./pages/device/modules/device-modules.tsx'), 'DeviceModules'),
});

const module = createRoute({
  getParentRoute: () => device,
  path: '/modules/$moduleId',
  component: lazyRouteComponent(() => import('./pages/device/modules/module-page.tsx'), 'ModulePage'),
});

/** What a module has like a device is the same page, about another identity. */
const moduleTabs = [
  createRoute({
    getParentRoute: () => module,
    path: '/',
    component: lazyRouteComponent(() => import('./pages/device/properties/device-properties.tsx'), 'DeviceProperties'),
  }),
  createRoute({
    getParentRoute: () => module,
    path: '/telemetry',
    component: lazyRouteComponent(() => import('./pages/device/modules/module-telemetry.tsx'), 'ModuleTelemetry'),
  }),
  createRoute({
    getParentRoute: () => module,
    path: '/commands',
    validateSearch: commandsSearch,
    component: lazyRouteComponent(() => import('./pages/device/commands/device-commands.tsx'), 'DeviceCommands'),
  }),
  createRoute({
    getParentRoute: () => module,
    path: '/connections',
    validateSearch: connectionsSearch,
    component: lazyRouteComponent(
      () => import('./pages/device/connections/device-connections.tsx'),
      'DeviceConnections',
    ),
  }),
  createRoute({
    getParentRoute: () => module,
    path: '/history',
    validateSearch: historySearch,
    component: lazyRouteComponent(() => import('./pages/device/history/device-history.tsx'), 'DeviceHistory'),
  }),
  createRoute({
    getParentRoute: () => module,
    path: '/credentials',
    component: lazyRouteComponent(
      () => import('./pages/device/credentials/device-credentials.tsx'),
      'DeviceCredentials',
    ),
  }),
] as const;

const deviceFiles = createRoute({
  getParentRoute: () => device,
  path: '/files',
  validateSearch: filesSearch,
  component: lazyRouteComponent(() => import('./pages/device/files/device-files.tsx'), 'DeviceFiles'),
});

const deviceConnections = createRoute({
  getParentRoute: () => device,
  path: '/connections',
  validateSearch: connectionsSearch,
  component: lazyRouteComponent(() => import('./pages/device/connections/device-connections.tsx'), 'DeviceConnections'),
});

const deviceHistory = createRoute({
  getParentRoute: () => device,
  path: '/history',
  validateSearch: historySearch,
  component: lazyRouteComponent(() => import('./pages/device/history/device-history.tsx'), 'DeviceHistory'),
});

const deviceCredentials = createRoute({
  getParentRoute: () => device,
  path: '/credentials',
  component: lazyRouteComponent(() => import('./pages/device/credentials/device-credentials.tsx'), 'DeviceCredentials'),
});

const deviceConnect = createRoute({
  getParentRoute: () => device,
  path: '/connect',
  validateSearch: connectSearch,
  component: lazyRouteComponent(() => import('./pages/device/connect/device-connect.tsx'), 'DeviceConnect'),
});

const deviceTabs = [
  deviceOverview,
  deviceAbout,
  deviceMessages,
  deviceProperties,
  deviceMethods,
  deviceCommands,
  deviceModules,
  module.addChildren(moduleTabs),
  deviceFiles,
  deviceConnections,
  deviceHistory,
  deviceCredentials,
  deviceConnect,
];

export const router = createRouter({
  routeTree: root.addChildren([
    setUp,
    signIn,
    shell.addChildren([
      overview,
      devices,
      explorer,
      dashboards,
      dashboard,
      map,
      groups,
      newGroup,
      group,
      query,
      models,
      newModel,
      model,
      jobs,
      newJob,
      job,
      configurations,
      newConfiguration,
      configuration,
      events,
      routing,
      newRoute,
      route,
      newEndpoint,
      endpoint,
      enrollments,
      newEnrollment,
      enrollment,
      attempts,
      linkedHubs,
      certificates,
      tokens,
      apiTokens,
      device.addChildren(deviceTabs),
    ]),
  ]),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultNotFoundComponent: lazyRouteComponent(() => import('./ui/not-found.tsx'), 'NotFound'),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

onSignedOut(() => {
  queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
  const { href, pathname } = router.state.location;
  if (pathname.endsWith('/sign-in') || pathname.endsWith('/setup')) return;
  void router.navigate({ to: '/sign-in', search: { returnTo: href } });
});
