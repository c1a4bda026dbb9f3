// A message of an older program must mean the same to a newer one: what stands in golden.desc stays, with its number,
// its type and its presence. Additions pass; to promise them too, copy contract.desc over golden.desc.

#include <catch2/catch.hpp>

#include <google/protobuf/descriptor.pb.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace pb = google::protobuf;

namespace {

pb::FileDescriptorSet load(char const* path) {
    std::ifstream in{path, std::ios::binary};
    pb::FileDescriptorSet out;
    REQUIRE(out.ParseFromIstream(&in));
    return out;
}

using Breaks = std::vector<std::string>;

void compare_enum(pb::EnumDescriptorProto const& was, pb::EnumDescriptorProto const& is, std::string const& name,
                  Breaks& out) {
    std::map<int, std::string> now;
    for (auto const& v : is.value()) now[v.number()] = v.name();
    for (auto const& v : was.value())
        if (now[v.number()] != v.name()) out.push_back(name + "." + v.name() + ": removed or renumbered");
}

void compare_field(pb::FieldDescriptorProto const& was, pb::FieldDescriptorProto const& is, std::string const& name,
                   Breaks& out) {
    if (was.name() != is.name()) out.push_back(name + ": number taken by " + is.name());
    if (was.type() != is.type() || was.type_name() != is.type_name()) out.push_back(name + ": retyped");
    if (was.label() != is.label()) out.push_back(name + ": repeated or not");
    if (was.proto3_optional() != is.proto3_optional()) out.push_back(name + ": presence changed");
}

void compare_message(pb::DescriptorProto const& was, pb::DescriptorProto const& is, std::string const& name,
                     Breaks& out) {
    for (auto const& field : was.field()) {
        auto const* now = static_cast<pb::FieldDescriptorProto const*>(nullptr);
        for (auto const& candidate : is.field())
            if (candidate.number() == field.number()) now = &candidate;
        if (now == nullptr)
            out.push_back(name + "." + field.name() + ": removed or renumbered");
        else
            compare_field(field, *now, name + "." + field.name(), out);
    }
    for (auto const& nested : was.nested_type()) {
        bool found = false;
        for (auto const& candidate : is.nested_type())
            if (candidate.name() == nested.name()) {
                found = true;
                compare_message(nested, candidate, name + "." + nested.name(), out);
            }
        if (!found) out.push_back(name + "." + nested.name() + ": removed");
    }
    for (auto const& e : was.enum_type()) {
        bool found = false;
        for (auto const& candidate : is.enum_type())
            if (candidate.name() == e.name()) {
                found = true;
                compare_enum(e, candidate, name + "." + e.name(), out);
            }
        if (!found) out.push_back(name + "." + e.name() + ": removed");
    }
}

// As one message, so that files may be split or joined freely.
pb::DescriptorProto whole(pb::FileDescriptorSet const& set) {
    pb::DescriptorProto out;
    for (auto const& file : set.file()) {
        for (auto const& m : file.message_type()) *out.add_nested_type() = m;
        for (auto const& e : file.enum_type()) *out.add_enum_type() = e;
    }
    return out;
}

Breaks breaks(pb::FileDescriptorSet const& was, pb::FileDescriptorSet const& is) {
    Breaks out;
    compare_message(whole(was), whole(is), "vigil.v1", out);
    return out;
}

} // namespace

TEST_CASE("the contract still holds what was promised") {
    const auto found = breaks(load(VIGIL_GOLDEN), load(VIGIL_CONTRACT));
    for (auto const& b : found) UNSCOPED_INFO(b);
    CHECK(found.empty());
}

TEST_CASE("an incompatible change is noticed, an addition is not") {
    const auto was = load(VIGIL_CONTRACT);
    const auto message = [](pb::FileDescriptorSet& set, std::string const& name) {
        for (auto& file : *set.mutable_file())
            for (auto& m : *file.mutable_message_type())
                if (m.name() == name) return &m;
        return static_cast<pb::DescriptorProto*>(nullptr);
    };
    SECTION("removed") {
        auto is = was;
        message(is, "Reading")->mutable_field()->RemoveLast();
        CHECK(breaks(was, is).size() == 1);
    }
    SECTION("renumbered") {
        auto is = was;
        message(is, "Reading")->mutable_field(3)->set_number(99);
        CHECK(breaks(was, is).size() == 1);
    }
    SECTION("retyped") {
        auto is = was;
        message(is, "Reading")->mutable_field(3)->set_type(pb::FieldDescriptorProto::TYPE_INT64);
        CHECK(breaks(was, is).size() == 1);
    }
    SECTION("presence") {
        auto is = was;
        message(is, "Reading")->mutable_field(3)->clear_proto3_optional();
        CHECK(breaks(was, is).size() == 1);
    }
    SECTION("enumerator renumbered") {
        auto is = was;
        for (auto& file : *is.mutable_file())
            for (auto& e : *file.mutable_enum_type())
                if (e.name() == "Status") e.mutable_value(1)->set_number(77);
        CHECK(breaks(was, is).size() == 1);
    }
    SECTION("added") {
        auto is = was;
        auto& field = *message(is, "Reading")->add_field();
        field.set_name("more");
        field.set_number(4000);
        field.set_type(pb::FieldDescriptorProto::TYPE_STRING);
        CHECK(breaks(was, is).empty());
    }
}
