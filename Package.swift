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
    .executable(name: "unfold", targets: ["unfold-cli"]),
    .library(name: "CKernels", targets: ["CKernels"]),
    .library(name: "Scratch", targets: ["Models", "Layers", "Tensors", "Unfolding"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "Tensors", dependencies: ["CKernels"], swiftSettings: strict),
    .target(name: "Unfolding", dependencies: ["Tensors"], swiftSettings: strict),
    .target(name: "Layers", dependencies: ["Unfolding", "Tensors"], swiftSettings: strict),
    .target(
      name: "Models", dependencies: ["Layers", "Unfolding", "Tensors"], swiftSettings: strict),
    .target(name: "Files", swiftSettings: strict),
    .target(name: "Safetensors", dependencies: ["Files"], swiftSettings: strict),
    .target(name: "Datasets", dependencies: ["Files"], swiftSettings: strict),
    .target(
      name: "Configuration", dependencies: ["Files", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .target(name: "Runs", swiftSettings: strict),
    .target(
      name: "Tasks",
      dependencies: [
        "Configuration", "Datasets", "Files", "Layers", "Models", "Runs", "Tensors", "Training",
        "Unfolding",
      ], swiftSettings: strict),
    .executableTarget(
      name: "unfold-cli",
      dependencies: [
        "Runs", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "unfold-cli", "Configuration", "Runs",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(name: "RunsTests", dependencies: ["Runs", "Files"], swiftSettings: strict),
    .target(
      name: "Training",
      dependencies: ["Layers", "Tensors", "Safetensors", "Files", "CKernels"],
      swiftSettings: strict),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Layers", "Unfolding", "Tensors", "Safetensors", "Files", "CKernels", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(name: "ConfigurationTests", dependencies: ["Configuration"], swiftSettings: strict),
    .testTarget(name: "KernelTests", dependencies: ["CKernels"], swiftSettings: strict),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: strict),
    .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: strict),
    .testTarget(
      name: "SafetensorsTests", dependencies: ["Safetensors", "Files"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Files"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
