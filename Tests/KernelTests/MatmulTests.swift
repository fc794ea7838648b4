import CKernels
import Testing

extension KernelTests {
  @Suite struct MatmulTests {
    @Test func `a product of small whole numbers is exact`() {
      // [[1, 2, 3], [4, 5, 6]] · [[1, 2], [3, 4], [5, 6]]
      let left: [Float] = [1, 2, 3, 4, 5, 6]
      let right: [Float] = [1, 2, 3, 4, 5, 6]
      var output: [Float] = [100, 200, 300, 400]
      var shape = unfold_matmul_shape()
      shape.rows = 2
      shape.columns = 2
      shape.inner = 3
      shape.left_stride = 3
      shape.right_stride = 2
      shape.output_stride = 2
      unfold_matmul_f32(&shape, left, right, &output)
      #expect(output == [22, 28, 49, 64])
      shape.accumulate = true
      unfold_matmul_f32(&shape, left, right, &output)
      #expect(output == [44, 56, 98, 128])
    }
  }
}
