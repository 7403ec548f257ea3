export default defineNuxtConfig({
  compatibilityDate: '2025-05-15',
  telemetry: false,
  runtimeConfig: {
    databaseUrl: '',
  },
})
