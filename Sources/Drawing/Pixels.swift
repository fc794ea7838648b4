/// A length to a tenth of a pixel, as it stands in a picture.
func pixels(_ length: Double) -> String {
  let rounded = (length * 10).rounded() / 10
  return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}
