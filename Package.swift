// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [])
  -> Target
{
  .testTarget(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "unfold",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Unfold", targets: ["Unfold"]),
    .executable(name: "unfold", targets: ["unfold-cli"]),
    .library(name: "CKernels", targets: ["CKernels"]),
    .library(name: "TwoTimescale", targets: ["TwoTimescale"]),
  ],
  traits: [
    .trait(
      name: "HDF5", description: "Read Keras's own files, with libhdf5: Scripts/setup.sh hdf5.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    // Who may import whom: Documentation/Architecture.md.
    .target(name: "CKernels"),
    module("Tensors", ["CKernels"]),
    module("Unfolding", ["Tensors", "CKernels"]),
    module("Layers", ["Unfolding", "Tensors"]),
    module("Drawing", ["Files"]),
    module("Models", ["Drawing", "Layers", "Unfolding", "Tensors"]),
    // Sources/ONNX/Format/onnx.pb.swift is generated: Scripts/generate-protobuf.sh.
    .target(
      name: "ONNX",
      dependencies: [
        "Interchange", "Models", "Layers", "Unfolding", "Tensors", "Files", protobuf,
      ],
      exclude: ["Format/onnx.proto"], swiftSettings: strict),
    module("Training", ["Layers", "Tensors", "Safetensors", "Files", "CKernels"]),
    // The system's zlib: part of macOS; Scripts/setup.sh installs it elsewhere.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    module("Files", ["CZlib"]),
    module("Safetensors", ["Files", "Tensors"]),
    module("NumPy", ["Files", "Tensors"]),
    // Without the trait HDF5 all but the reader, which then refuses every file.
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .target(
      name: "CHDF5Reader",
      dependencies: [.target(name: "CHDF5", condition: .when(traits: ["HDF5"]))],
      cSettings: [.define("UNFOLD_HDF5", .when(traits: ["HDF5"]))]),
    module("HDF5", ["Files", "CHDF5Reader"]),
    module("Interchange", ["Files", "HDF5", "Layers", "Safetensors", "Tensors", "Unfolding"]),
    module("Datasets", ["Files"]),
    module("Configuration", ["Datasets", "Files", "Tensors", yams]),
    module("Runs", ["Files"]),
    // Format/events.pb.swift is generated: Scripts/generate-protobuf.sh.
    .target(
      name: "TensorBoard", dependencies: ["Files", protobuf], exclude: ["Format/events.proto"],
      swiftSettings: strict),
    module(
      "Tasks",
      [
        "Configuration", "Datasets", "Drawing", "Files", "Interchange", "Layers", "Models", "NumPy",
        "ONNX", "Runs", "TensorBoard", "Tensors", "Training", "Unfolding",
      ]),
    module(
      "Unfold",
      [
        "Configuration", "Datasets", "Drawing", "Files", "HDF5", "Interchange", "Layers", "Models",
        "NumPy",
        "ONNX", "Runs", "Safetensors", "Tasks", "TensorBoard", "Tensors", "Training", "Unfolding",
      ]),
    .executableTarget(
      name: "unfold-cli", dependencies: ["Unfold", "Files", argumentParser],
      swiftSettings: strict),

    // The example's cell is a module, so that Benchmarks measures the very file.
    .target(
      name: "TwoTimescale", dependencies: ["Unfold"], path: "Examples/CustomCell",
      exclude: ["Adding.swift", "CustomCell.swift"], swiftSettings: strict),
    .executableTarget(
      name: "custom-cell", dependencies: ["TwoTimescale", "Unfold"], path: "Examples/CustomCell",
      exclude: ["TwoTimescaleCell.swift"], swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Tensors", "Unfolding", "Safetensors"],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("KernelTests", ["CKernels"]),
    tests("TensorsTests", ["Tensors", "TestSupport"]),
    tests("UnfoldingTests", ["Unfolding", "Tensors", "CKernels", "TestSupport"]),
    tests("LayersTests", ["Layers", "Unfolding", "Tensors", "CKernels", "TestSupport"]),
    tests(
      "TrainingTests",
      [
        "Training", "Layers", "Unfolding", "Tensors", "Safetensors", "Files", "CKernels",
        "TestSupport",
      ]),
    tests("FilesTests", ["Files", "Tensors", "TestSupport"]),
    tests(
      "SafetensorsTests", ["Safetensors", "Files", "Tensors", "TestSupport"],
      resources: [.copy("Fixtures")]),
    tests(
      "NumPyTests", ["NumPy", "Files", "Tensors", "TestSupport"], resources: [.copy("Fixtures")]),
    tests("HDF5Tests", ["HDF5", "Files", "TestSupport"], resources: [.copy("Fixtures")]),
    tests(
      "InterchangeTests",
      [
        "Interchange", "Files", "HDF5", "Layers", "NumPy", "Safetensors", "Tensors", "Unfolding",
        "TestSupport",
      ],
      resources: [.copy("Fixtures"), .copy("KerasFiles")]),
    tests("DatasetsTests", ["Datasets", "Files", "TestSupport"]),
    tests("ConfigurationTests", ["Configuration", "Datasets", "Tensors", "TestSupport"]),
    tests("RunsTests", ["Runs", "Files", "TestSupport"]),
    tests("TensorBoardTests", ["TensorBoard", "Files", "TestSupport", protobuf]),
    tests("DrawingTests", ["Drawing", "Files"]),
    tests(
      "ModelsTests",
      ["Models", "Drawing", "Layers", "Unfolding", "Tensors", "CKernels", "TestSupport"]),
    tests(
      "ONNXTests",
      [
        "ONNX", "Interchange", "Models", "Layers", "Unfolding", "Tensors", "Files", "TestSupport",
        protobuf,
      ]),
    tests(
      "TasksTests",
      [
        "Tasks", "Configuration", "Datasets", "Drawing", "Files", "Interchange", "Layers", "Models",
        "NumPy", "ONNX", "Runs", "Tensors", "Training", "Unfolding", "CKernels", "TestSupport",
      ]),
    tests("ExampleTests", ["custom-cell", "TwoTimescale", "Unfold", "TestSupport"]),
    tests(
      "CommandTests",
      ["unfold-cli", "Configuration", "NumPy", "Runs", "Tensors", argumentParser]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
