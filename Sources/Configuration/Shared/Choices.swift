public import Datasets
public import Tensors

// What these types name is what a configuration can choose, under the same names.

extension Activation: ConfigurationChoice {}
extension TextUnit: ConfigurationChoice {}
extension ProductPrecision: ConfigurationChoice {}
extension PhraseScheme: ConfigurationChoice {}
extension Tokenizer.Method: ConfigurationChoice {}
extension BLEU.Tokenization: ConfigurationChoice {}
extension LabelledSeries.BlockEnd: ConfigurationChoice {}
