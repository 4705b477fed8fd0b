using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// Scenarios share two cores with their devices: two at once would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
