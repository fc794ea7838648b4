// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody who uses Unfold needs what it is compared with.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "unfold-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "unfold", path: ".."),
    // Without its traits, each of which needs a package that counts allocations or retains.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .executableTarget(
      name: "matmul-benchmark",
      dependencies: [.product(name: "CKernels", package: "unfold"), "COneDNN"],
      swiftSettings: strict),
    .target(name: "CLimit"),
    .target(
      name: "RecurrentWorkloads",
      dependencies: [
        .product(name: "Unfold", package: "unfold"),
        .product(name: "TwoTimescale", package: "unfold"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "recurrent-benchmark",
      dependencies: [
        "RecurrentWorkloads", .product(name: "Unfold", package: "unfold"), "CLimit",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "Recurrent",
      dependencies: ["RecurrentWorkloads", .product(name: "Benchmark", package: "benchmark")],
      path: "Benchmarks/Recurrent",
      swiftSettings: strict,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
