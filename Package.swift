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
  products: [.library(name: "CKernels", targets: ["CKernels"])],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0")
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "Tensors", dependencies: ["CKernels"], swiftSettings: strict),
    .target(
      name: "Configuration", dependencies: [.product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .testTarget(name: "ConfigurationTests", dependencies: ["Configuration"], swiftSettings: strict),
    .testTarget(name: "KernelTests", dependencies: ["CKernels"], swiftSettings: strict),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
