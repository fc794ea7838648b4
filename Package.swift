// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "unfold",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "CKernels", targets: ["CKernels"]),
    .library(name: "Scratch", targets: ["Models", "Layers", "Tensors", "Unfolding"]),
  ],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0")
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "Tensors", dependencies: ["CKernels"], swiftSettings: strict),
    .target(name: "Unfolding", dependencies: ["Tensors"], swiftSettings: strict),
    .target(name: "Layers", dependencies: ["Unfolding", "Tensors"], swiftSettings: strict),
    .target(name: "Models", dependencies: ["Layers", "Unfolding", "Tensors"], swiftSettings: strict),
    .target(name: "Files", swiftSettings: strict),
    .target(name: "Safetensors", dependencies: ["Files"], swiftSettings: strict),
    .target(name: "Datasets", dependencies: ["Files"], swiftSettings: strict),
    .target(
      name: "Configuration", dependencies: [.product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .testTarget(name: "ConfigurationTests", dependencies: ["Configuration"], swiftSettings: strict),
    .testTarget(name: "KernelTests", dependencies: ["CKernels"], swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Tensors", "Safetensors"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: strict),
    .testTarget(
      name: "SafetensorsTests", dependencies: ["Safetensors", "Files"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Files"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
