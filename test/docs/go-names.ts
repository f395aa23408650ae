// The exported names of the Go library: functions, types, methods, constants and variables, by package.

/** On its main branch at 05ae4b5. */
export const AT_HEAD: Readonly<Record<string, string>> = {
  cdi: `
    AnnotationKey AnnotationPrefix AnnotationValue Cache Cache.Configure Cache.GetDevice Cache.GetErrors
    Cache.GetSpecDirErrors Cache.GetSpecDirectories Cache.GetSpecErrors Cache.GetVendorSpecs Cache.InjectDevices
    Cache.ListClasses Cache.ListDevices Cache.ListVendors Cache.Lock Cache.Refresh Cache.RemoveSpec Cache.Unlock
    Cache.WriteSpec Configure ContainerEdits ContainerEdits.Append ContainerEdits.Apply ContainerEdits.Validate
    CreateContainerHook CreateRuntimeHook DefaultDynamicDir DefaultSpecDirs DefaultStaticDir Device
    Device.ApplyEdits Device.GetQualifiedName Device.GetSpec DeviceNode DeviceNode.Validate ErrStopScan
    GenerateNameForSpec GenerateNameForTransientSpec GenerateSpecName GenerateTransientSpecName GetDefaultCache
    GetErrors Hook Hook.Validate InjectDevices IntelRdt IntelRdt.Validate LinuxNetDevice LinuxNetDevice.Validate
    MinimumRequiredVersion Mount Mount.Validate NewCache NoPermissions Option ParseAnnotations ParseSpec
    PoststartHook PoststopHook PrestartHook ReadSpec Refresh SetSpecValidator Spec Spec.ApplyEdits Spec.GetClass
    Spec.GetDevice Spec.GetPath Spec.GetPriority Spec.GetVendor StartContainerHook UpdateAnnotations ValidateEnv
    ValidateIntelRdt ValidateNetDevices WithAutoRefresh WithSpecDirs
  `,
  parser: `
    IsAlphaNumeric IsDigit IsLetter IsQualifiedName ParseDevice ParseQualifiedName ParseQualifier QualifiedName
    ValidateClassName ValidateDeviceName ValidateVendorName
  `,
  specs: `
    ContainerEdits CurrentVersion Device DeviceNode Hook IntelRdt LinuxNetDevice MinimumRequiredVersion Mount
    Spec ValidateVersion
  `,
  schema: `
    BuiltinSchema BuiltinSchemaName DefaultExternalSchema Get Load NoneSchemaName NopSchema ReadAndValidate
    Schema Schema.ReadAndValidate Schema.Validate Schema.ValidateData Schema.ValidateFile Schema.ValidateReader
    Schema.ValidateType Set ValidateData ValidateFile ValidateReader ValidateType WithDefaultSchema
    WithNamedSchema WithSchema
  `,
};

/** In older releases, or in the package text only. */
export const BEFORE: Readonly<Record<string, string>> = {
  cdi: `
    CurrentVersion GetRegistry IsQualifiedName NewSpec ParseDevice ParseQualifiedName ParseQualifier
    QualifiedName Registry Registry.DeviceDB Registry.SpecDB RegistryDeviceDB RegistryDeviceDB.GetDevice
    RegistryDeviceDB.ListDevices RegistryRefresher RegistryRefresher.Configure RegistryRefresher.GetErrors
    RegistryRefresher.GetSpecDirErrors RegistryRefresher.GetSpecDirectories RegistryRefresher.Refresh
    RegistryResolver RegistryResolver.InjectDevices RegistrySpecDB RegistrySpecDB.GetSpecErrors
    RegistrySpecDB.GetVendorSpecs RegistrySpecDB.ListClasses RegistrySpecDB.ListVendors
    RegistrySpecDB.RemoveSpec RegistrySpecDB.WriteSpec SetSchema Spec.Write ValidateClassName ValidateDeviceName
    ValidateVendorName
  `,
  specs: `
    DeviceNode.ToOCI Hook.ToOCI IntelRdt.ToOCI Mount.ToOCI
  `,
  schema: `
    Error
  `,
};
